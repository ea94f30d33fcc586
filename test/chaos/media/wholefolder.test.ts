import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { pinoLogger } from '../../../src/adapters/logging/pino.ts';
import { allocatedBytes } from '../../../src/cli/checks/usage.ts';
import { locateTools } from '../../../src/cli/node/media.ts';
import { readTopic } from '../../../src/cli/node/watch.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { nodeScopes } from '../../../src/domain/scopes.ts';
import { Lifecycle } from '../../../src/runtime/lifecycle.ts';
import { archiveEvents, momentAt } from '../../support/livemoments.ts';
import { startMediaPipeline } from '../../support/mediapipeline.ts';
import { CountingOrigin } from '../../support/origin.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'cliptide-whole-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const logger = pinoLogger({ level: 'silent' });

const capBytes = 200_000_000;
const cacheCapBytes = 40_000_000;
/** What a folder takes for its names. */
const ownBytes = 64 * 1024;
const seconds = 560;
const moments = Array.from({ length: 12 }, (_, k) => 40 + k * 41);

/** Segments of four seconds at 1 Mb/s: one loop of picture and sound, again and again with its own time stamps. */
async function segmentsOf(ffmpeg: string): Promise<readonly Buffer[]> {
  const made = join(folder, 'made');
  const inputs = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25', '-f', 'lavfi', '-i', 'sine=frequency=300'];
  const steady = ['-b:v', '1M', '-minrate', '1M', '-maxrate', '1M', '-bufsize', '1M', '-x264-params', 'nal-hrd=cbr'];
  const codecs = [
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-pix_fmt',
    'yuv420p',
    '-g',
    '25',
    ...steady,
    '-c:a',
    'aac',
  ];
  const quiet = ['-v', 'error', '-nostdin', '-y'];
  await run(ffmpeg, [...quiet, ...inputs, ...codecs, '-t', '8', `${made}.ts`]);
  const hls = ['-f', 'hls', '-hls_time', '4', '-hls_list_size', '0', join(folder, 'made-%d.ts')];
  await run(ffmpeg, [
    ...quiet,
    ...['-stream_loop', '-1', '-i', `${made}.ts`, '-t', String(seconds), '-c', 'copy'],
    ...hls.slice(0, -1),
    ...['-hls_segment_filename', join(folder, 'made-%d.ts'), `${made}.m3u8`],
  ]);
  const count = readdirSync(folder).filter((name) => /^made-\d+\.ts$/.test(name)).length;
  return Array.from({ length: count }, (_, k) => readFileSync(join(folder, `made-${k}.ts`)));
}

test('promises 12, 17: the whole data folder stays below its cap while clips are cut through a cache that is too small for them all', async () => {
  const data = join(folder, 'data');
  const overrides = { dataCapBytes: capBytes, cacheCapBytes, freeSpaceFloorBytes: 0 };
  const tools = await locateTools(loadConfig({ cwd: folder, env: {}, overrides: {} }));
  const segments = await segmentsOf(tools.ffmpeg);
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
}, 180_000);
