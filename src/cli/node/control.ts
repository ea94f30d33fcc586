import { serveControl } from '../../adapters/control/server.ts';
import type { ChannelLimits } from '../../domain/budgets.ts';
import { answererOf } from '../operator/answerer.ts';
import type { EmbeddedNode } from './node.ts';

/** Answers the operator's commands for the data folder that this node owns, until it stops. */
export async function openControl(node: EmbeddedNode, limits: ChannelLimits): Promise<void> {
  await node.lifecycle.start('operator', async () => {
    const { deps, folder, results: opened, ledger } = node;
    const parts = { deps, folder, limits, results: async () => opened.results, ledger: async () => ledger };
    const server = await serveControl(folder, answererOf(parts));
    return { value: undefined, stop: () => server.close() };
  });
}
