import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock as clock } from '../../../src/adapters/embedded/clock.ts';
import { openKnownScopes } from '../../../src/adapters/embedded/knownscopes.ts';
import { openRedisLedger } from '../../../src/adapters/redis/ledger.ts';
import { nodeScopes } from '../../../src/domain/scopes.ts';
import { CliProcess } from '../../support/cliprocess.ts';
import { describeWithOwnRedis } from '../../support/ownredis.ts';
import { ownPrefix } from '../../support/redisledger.ts';

describeWithOwnRedis('the cache commands for nodes that have their ledger in one Redis', (redis) => {
  let work: string;
  let prefix: string;
  beforeEach(async () => {
    work = mkdtempSync(path.join(tmpdir(), 'cliptide-keeper-'));
    prefix = ownPrefix();
    for (const node of ['a', 'b']) await used(node);
  });
  afterEach(() => rmSync(work, { recursive: true, force: true }));

  /** Leaves what a process of a node leaves in its data folder and in the ledger. */
  async function used(node: string): Promise<void> {
    const folder = path.join(work, node);
    mkdirSync(folder);
    const known = await openKnownScopes({ path: path.join(folder, 'scopes-redis.db'), clock });
    const ledger = await openRedisLedger({ connection: { url: redis.url }, prefix, known });
    await ledger.setCap(nodeScopes(node).cache, 1_000_000);
    await ledger.reconcile(nodeScopes(node).cache, 4096);
    await ledger.close();
    await known.close();
  }
  const usedOf = async (node: string): Promise<number> => {
    const ledger = await openRedisLedger({ connection: { url: redis.url }, prefix });
    const { used } = await ledger.usage(nodeScopes(node).cache).finally(() => ledger.close());
    return used;
  };
  async function verify(node: string, folder: string) {
    const env = {
      CLIPTIDE_KAFKA_BROKERS: '127.0.0.1:1',
      CLIPTIDE_REGISTRY_URL: 'http://127.0.0.1:1',
      CLIPTIDE_REDIS_URL: redis.url,
      CLIPTIDE_REDIS_PREFIX: prefix,
    };
    const args = ['cache', 'verify', '--node', node, '--data', path.join(work, folder)];
    await using process = new CliProcess(args, { cwd: work, env });
    return { code: await process.ended, err: process.err };
  }

  it('set the ledger of a node by its own folder, and by no other', async () => {
    const other = await verify('b', 'a');
    expect(other).toMatchObject({ code: 2, err: expect.stringContaining('not kept by a node "b"') });
    expect(await usedOf('b')).toBe(4096);
    // Nothing is in the folder, of which the ledger counts a block.
    expect(await verify('b', 'b')).toMatchObject({ code: 1 });
    expect(await Promise.all([usedOf('a'), usedOf('b')])).toEqual([4096, 0]);
  });
});
