import { serveControl } from '../../adapters/control/server.ts';
import { answererOf } from '../operator/answerer.ts';
import type { EmbeddedNode } from './node.ts';

/** Answers the operator's commands for the data folder that this node owns, until it stops. */
export async function openControl(node: EmbeddedNode): Promise<void> {
  await node.lifecycle.start('operator', async () => {
    const { deps, folder, results: opened } = node;
    const server = await serveControl(folder, answererOf({ deps, folder, results: async () => opened.results }));
    return { value: undefined, stop: () => server.close() };
  });
}
