import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { pinoLogger } from '../../../src/adapters/logging/pino.ts';
import { allocatedBytes } from '../../../src/cli/checks/usage.ts';
import { locateTools } from '../../../src/cli/node/media.ts';
import { readTopic } from '../../../src/cli/node/watch.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { nodeScopes } from '../../../src/domain/scopes.ts';
import { Lifecycle } from '../../../src/runtime/lifecycle.ts';
import { constantRateSegments } from '../../support/constantrate.ts';
import { archiveEvents, momentAt } from '../../support/livemoments.ts';
import { startMediaPipeline } from '../../support/mediapipeline.ts';
import { CountingOrigin } from '../../support/origin.ts';

const folder = mkdtempSync(join(tmpdir(), 'cliptide-whole-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const logger = pinoLogger({ level: 'silent' });

const capBytes = 200_000_000;
const cacheCapBytes = 40_000_000;
/** What a folder takes for its names. */
const ownBytes = 64 * 1024;
const seconds = 560;
const moments = Array.from({ length: 12 }, (_, k) => 40 + k * 41);

test('promises 12, 17: the whole data folder stays below its cap while clips are cut through a cache that is too small for them all', async () => {
  const data = join(folder, 'data');
  const overrides = { dataCapBytes: capBytes, cacheCapBytes, freeSpaceFloorBytes: 0 };
  const tools = await locateTools(loadConfig({ cwd: folder, env: {}, overrides: {} }));
  const segments = await constantRateSegments(tools.ffmpeg, folder, seconds);
  await using origin = await CountingOrigin.start();
  for (const [sequence, body] of segments.entries()) origin.set(`/${sequence}.ts`, body);
  const lifecycle = new Lifecycle(logger);
  try {
    const setup = { folder: data, origin: origin.url, overrides, preset: 'copy', logger };
    const { deps, media, stages, append } = await startMediaPipeline(setup, lifecycle);
    await append(archiveEvents(origin.url, seconds));
    const clips = () => readTopic(deps, 'clips.rendered', 'channel');
    let [most, mostCached] = [0, 0];
    // In twos, as they come on air: what is in use at a time fits into the cache, all of it does not.
    for (let from = 0; from < moments.length; from += 2) {
      await append(moments.slice(from, from + 2).map((second) => momentAt(`m${second}`, second)));
      while ((await clips()).length < from + 2) {
        most = Math.max(most, await allocatedBytes(data));
        mostCached = Math.max(mostCached, await allocatedBytes(join(data, 'cache')));
        await Promise.race([deps.clock.sleep(20), stages.done]);
      }
    }
    const sent = segments.reduce((sum, _, sequence) => sum + origin.bytes(`/${sequence}.ts`), 0);
    console.info(`at most ${most} of ${capBytes} bytes, the cache ${mostCached} of ${cacheCapBytes}; fetched ${sent}`);
    expect((await clips()).map(({ outcome, error }) => `${outcome} ${error}`)).toEqual(moments.map(() => 'done '));
    expect(sent).toBeGreaterThan(1.5 * cacheCapBytes);
    // Each segment once, though most were evicted by the end.
    expect(sent).toBeLessThanOrEqual(segments.reduce((sum, { length }) => sum + length, 0));
    expect(mostCached).toBeLessThanOrEqual(cacheCapBytes + ownBytes);
    expect(most).toBeLessThanOrEqual(capBytes);
    const { used, cap } = await media.ledger.usage(nodeScopes(deps.nodeId).cache);
    expect(used).toBeLessThanOrEqual(cap);
    expect(await allocatedBytes(join(data, 'cache'))).toBeLessThanOrEqual(used + ownBytes);
  } finally {
    await lifecycle.stop(10_000);
  }
}, 600_000);
