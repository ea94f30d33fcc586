import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startNode } from '../../../src/cli/node/node.ts';
import type { Config } from '../../../src/config/config.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { quiet } from '../../support/mediacaches.ts';
import { describeWithOwnRedis } from '../../support/ownredis.ts';

describeWithOwnRedis(
  'a command that works in a folder of its own (clip, live), where a cluster is configured',
  (redis) => {
    let root: string;
    beforeEach(() => {
      root = mkdtempSync(join(tmpdir(), 'cliptide-embedded-'));
    });
    afterEach(() => rmSync(root, { recursive: true, force: true }));

    it('leaves the counters of the cluster alone', async () => {
      const cluster = { redis: { url: redis.url, prefix: 'cliptide.', ca: undefined, login: undefined } };
      const folder = join(root, 'data');
      const loaded = loadConfig({ cwd: root, env: {}, overrides: { dataDir: folder, freeSpaceFloorBytes: 0 } });
      const config = { ...loaded, cluster: cluster as NonNullable<Config['cluster']> };
      const node = await startNode({ config, folder, logger: quiet });
      expect((await node.ledger.scopes('clips')).map(({ scope }) => scope)).toEqual(['clips']);
      await node.stop();
      expect(await redis.admin.dbsize()).toBe(0);
    });
  },
);
