import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { pinoLogger } from '../../../src/adapters/logging/pino.ts';
import { withCache } from '../../../src/cli/cache/opened.ts';
import { cacheStatus } from '../../../src/cli/cache/status.ts';
import type { CommandContext } from '../../../src/cli/context.ts';
import { openNodeLedger } from '../../../src/cli/node/ledger.ts';
import { locateTools, openFetcher, openMedia } from '../../../src/cli/node/media.ts';
import { openStorage } from '../../../src/cli/node/storage.ts';
import type { Config } from '../../../src/config/config.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { Lifecycle } from '../../../src/runtime/lifecycle.ts';
import { archiveOf } from '../../support/archiveviews.ts';
import { CountingOrigin } from '../../support/origin.ts';
import { describeWithOwnRedis } from '../../support/ownredis.ts';
import { ownPrefix } from '../../support/redisledger.ts';
import { transportStream } from '../../support/segments.ts';

const logger = pinoLogger({ level: 'silent' });
const packets = 2_000;
const blocks = Math.ceil((packets * 188) / 4096) * 4096;

describeWithOwnRedis('a node whose ledger is in Redis', (redis) => {
  let prefix: string;
  let root: string;
  const opened: Lifecycle[] = [];
  beforeEach(() => {
    prefix = ownPrefix();
    root = mkdtempSync(join(tmpdir(), 'cliptide-nodes-'));
  });
  afterEach(async () => {
    for (const lifecycle of opened.splice(0).reverse()) await lifecycle.stop(10_000);
    rmSync(root, { recursive: true, force: true });
  });

  function configOf(node: string, folder: string): Config {
    const overrides = { dataDir: folder, node, clipsDir: join(root, 'clips') };
    const cluster = { redis: { url: redis.url, prefix, ca: undefined, login: undefined } };
    return { ...loadConfig({ cwd: root, env: {}, overrides }), cluster: cluster as NonNullable<Config['cluster']> };
  }

  /** Media of a node over a data folder of its own, and clips that all nodes share. */
  async function start(node: string, origin?: CountingOrigin, folder = join(root, node)) {
    const lifecycle = new Lifecycle(logger);
    opened.push(lifecycle);
    const config = configOf(node, folder);
    const stored = await openStorage({ folder: mkdtempSync(join(root, 'log-')), logger }, lifecycle);
    const deps = { ...stored, nodeId: node };
    mkdirSync(folder, { recursive: true });
    const given = { urls: origin === undefined ? [] : [new URL(origin.url)], paths: [] };
    const own = { config, folder, given, logger };
    const fetcher = await openFetcher(own, deps, lifecycle);
    const quota = await openNodeLedger(own, deps, lifecycle);
    const tools = await locateTools(config);
    const media = await openMedia({ ...own, tools, fetcher, quota }, deps, lifecycle);
    return {
      ...media,
      reconciler: quota.reconciler,
      cached: () => readdirSync(join(folder, 'cache')).filter((name) => !name.endsWith('.part')),
      parts: () => readdirSync(join(folder, 'cache')).filter((name) => name.endsWith('.part')),
      stop: async () => {
        opened.splice(opened.indexOf(lifecycle), 1);
        await lifecycle.stop(10_000);
      },
    };
  }

  it('keeps its own scopes apart from those of other nodes, and has the others in common', async () => {
    const one = await start('one');
    const two = await start('two');
    const clip = join(root, 'clip.mp4');
    writeFileSync(clip, Buffer.alloc(10_000));
    await one.clips.put('of-one.mp4', clip);
    await two.clips.put('of-two.mp4', clip);
    const scopes = (await two.ledger.scopes()).map(({ scope, used }) => [scope, used]);
    expect(scopes).toEqual([
      ['clips', 2 * 12_288],
      ['node:one:cache', 0],
      ['node:one:work', 0],
      ['node:two:cache', 0],
      ['node:two:work', 0],
    ]);
  });

  it('keeps another data folder from its name, and commands for that folder from its counters', async () => {
    await using origin = await CountingOrigin.start();
    const archive = archiveOf([{ uri: origin.set('/a.ts', transportStream(1, packets)) }]);
    const one = await start('one', origin);
    await (await one.cache.lease({ archive, fromMs: 0, toMs: 2_000, purpose: 'render' })).release();
    const other = join(root, 'other');
    mkdirSync(other);
    // By which it is told to be a data folder.
    writeFileSync(join(other, 'cache.db'), '');
    const context = { config: configOf('one', other), log: logger } as CommandContext;
    const both = await Promise.allSettled([start('one', undefined, other), withCache(context, undefined, cacheStatus)]);
    const refused = { status: 'rejected', reason: { code: 'config', message: expect.stringContaining(other) } };
    expect(both).toMatchObject([refused, refused]);
    expect(await one.ledger.usage('node:one:cache')).toMatchObject({ used: blocks });
    // Nor is a name that was mistyped a node.
    const mistyped = { config: configOf('onee', other), log: logger } as CommandContext;
    const unknown = { code: 'usage', message: expect.stringContaining('"onee"') };
    await expect(withCache(mistyped, 'onee', cacheStatus)).rejects.toMatchObject(unknown);
    expect(await one.ledger.scopes('node:onee')).toEqual([]);
    await one.stop();
    await start('one', undefined, other);
  });

  it('promise 14: when all is flushed while it fetches, gives no budget back, fetches on, and says what the disk says', async () => {
    await using origin = await CountingOrigin.start();
    const { promise: rest, resolve: goOn } = Promise.withResolvers<void>();
    const first = origin.set('/a.ts', transportStream(1, packets));
    const second = origin.set('/b.ts', { body: transportStream(2, packets), stallAfter: 100_000, rest });
    const archive = archiveOf([{ uri: first }, { uri: second }]);
    const one = await start('one', origin);
    const two = await start('two');
    const scope = 'node:one:cache';
    const held = await one.cache.lease({ archive, fromMs: 0, toMs: 2_000, purpose: 'render' });
    const leasing = one.cache.lease({ archive, fromMs: 2_000, toMs: 4_000, purpose: 'render' });
    await expect.poll(one.parts).toHaveLength(1);
    await expect.poll(() => one.ledger.usage(scope)).toMatchObject({ used: blocks, reserved: blocks });
    await redis.admin.flushall();
    // Nobody else may open what is not theirs to count.
    expect((await two.ledger.scopes(scope)).every(({ cap, used }) => cap === 0 && used === 0)).toBe(true);
    goOn();
    const lease = await leasing;
    expect(one.cached()).toHaveLength(2);
    await one.reconciler.check(scope);
    const { cap, used, reserved } = await one.ledger.usage(scope);
    expect({ cap: cap > 0, used, reserved }).toEqual({ cap: true, used: 2 * blocks, reserved: 0 });
    expect([origin.requests('/a.ts'), origin.requests('/b.ts')]).toEqual([1, 1]);
    for (const one of [held, lease]) await one.release();
  });

  it('rebuilds what all nodes have in common once, by who comes first', async () => {
    const one = await start('one');
    const two = await start('two');
    const clip = join(root, 'clip.mp4');
    writeFileSync(clip, Buffer.alloc(10_000));
    await one.clips.put('before.mp4', clip);
    await two.ledger.usage('clips');
    await redis.admin.flushall();
    const [here, there] = [await one.clips.put('one.mp4', clip), await two.clips.put('two.mp4', clip)];
    expect([here.bytes, there.bytes]).toEqual([10_000, 10_000]);
    expect(await two.ledger.usage('clips')).toMatchObject({ used: 3 * 12_288, reserved: 0 });
    expect((await one.ledger.usage('clips')).cap).toBeGreaterThan(0);
  });

  it('promise 14: sees at its start that all was flushed while no process lived', async () => {
    await using origin = await CountingOrigin.start();
    const archive = archiveOf([{ uri: origin.set('/a.ts', transportStream(1, packets)) }]);
    const before = await start('one', origin);
    await before.ledger.setCap('spent', 100);
    await before.ledger.commit(
      await before.ledger.reserve({ scope: 'spent', amount: 90, holder: 'test', ttlMs: 60_000 }),
      90,
    );
    await (await before.cache.lease({ archive, fromMs: 0, toMs: 2_000, purpose: 'render' })).release();
    await before.stop();
    await redis.admin.flushall();
    const after = await start('one', origin);
    const disk = after.cached().reduce((sum, name) => sum + statSync(join(root, 'one/cache', name)).size, 0);
    expect(disk).toBe(packets * 188);
    expect(await after.ledger.usage('node:one:cache')).toMatchObject({ used: blocks, reserved: 0 });
    // What nobody here can count stays closed.
    await after.ledger.setCap('spent', 100);
    expect(await after.ledger.scopes('spent')).toMatchObject([{ generation: 0 }]);
    after.reconciler.register({ covers: (scope) => scope === 'spent', measure: async () => 90 });
    await expect(
      after.ledger.reserve({ scope: 'spent', amount: 11, holder: 'test', ttlMs: 60_000 }),
    ).rejects.toMatchObject({ code: 'budget' });
    expect(await after.ledger.usage('spent')).toMatchObject({ cap: 100, used: 90 });
  });
});
