import { serveControl } from '../../adapters/control/server.ts';
import type { Config } from '../../config/config.ts';
import { answererOf } from '../operator/answerer.ts';
import { scopeCaps } from './budget.ts';
import type { EmbeddedNode } from './node.ts';

/** Answers the operator's commands for the data folder that this node owns, until it stops. */
export async function openControl(node: EmbeddedNode, config: Config): Promise<void> {
  await node.lifecycle.start('operator', async () => {
    const { deps, folder, results: opened, ledger } = node;
    const { budget: limits, configured } = config;
    const budgets = { limits, caps: scopeCaps(config), configured };
    const parts = { deps, folder, ...budgets, results: async () => opened.results, ledger: async () => ledger };
    const server = await serveControl(folder, answererOf(parts));
    return { value: undefined, stop: () => server.close() };
  });
}
