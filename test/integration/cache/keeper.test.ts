import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { systemClock as clock } from '../../../src/adapters/embedded/clock.ts';
import { openKnownScopes } from '../../../src/adapters/embedded/knownscopes.ts';
import { openLedger } from '../../../src/adapters/embedded/ledger.ts';
import { mustKeep } from '../../../src/cli/cache/keeper.ts';
import { nodeScopes } from '../../../src/domain/scopes.ts';

/** What `cache --node NAME` looks at on a cluster: the ledger, and what the data folder remembers of it. */
async function clusterFolder() {
  const root = await mkdtemp(path.join(tmpdir(), 'cliptide-keeper-'));
  const ledger = await openLedger({ path: path.join(root, 'ledger.db'), clock });
  const known = await openKnownScopes({ path: path.join(root, 'scopes.db'), clock });
  return {
    ledger,
    known,
    [Symbol.asyncDispose]: async () => {
      await known.close();
      await ledger.close();
      await rm(root, { recursive: true });
    },
  };
}

it('refuses a node that the ledger of a cluster has never heard of, unless it has heard of none', async () => {
  await using folder = await clusterFolder();
  await mustKeep('node/b', folder);
  await folder.ledger.setCap(nodeScopes('node/a').cache, 4096);
  await mustKeep('node/a', folder);
  await expect(mustKeep('node/b', folder)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('"node/b"'),
    hint: expect.stringContaining('node/a'),
  });
});

it('refuses the folder of another node on a cluster, though the ledger knows both; a lost ledger is set by its own', async () => {
  await using folder = await clusterFolder();
  await folder.known.remember([{ scope: nodeScopes('node/a').cache, generation: 1, serial: 1 }]);
  await mustKeep('node/a', folder);
  for (const node of ['node/a', 'node/b']) await folder.ledger.setCap(nodeScopes(node).cache, 4096);
  await expect(mustKeep('node/b', folder)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('not kept by a node "node/b"'),
    hint: expect.stringContaining('node/a'),
  });
  await folder.ledger.remove(nodeScopes('node/a').cache);
  await mustKeep('node/a', folder);
});
