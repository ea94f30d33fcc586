import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { pinoLogger } from '../../../src/adapters/logging/pino.ts';
import { locateTools } from '../../../src/cli/node/media.ts';
import { readTopic } from '../../../src/cli/node/watch.ts';
import { loadConfig } from '../../../src/config/load.ts';
import type { BudgetEntry } from '../../../src/domain/records.gen.ts';
import { nodeScopes } from '../../../src/domain/scopes.ts';
import { Lifecycle } from '../../../src/runtime/lifecycle.ts';
import { constantRateSegments } from '../../support/constantrate.ts';
import { archiveEvents, momentAt } from '../../support/livemoments.ts';
import { startMediaPipeline } from '../../support/mediapipeline.ts';
import { CountingOrigin } from '../../support/origin.ts';

const folder = mkdtempSync(join(tmpdir(), 'cliptide-full-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const logger = pinoLogger({ level: 'silent' });

const seconds = 900;
const moments = Array.from({ length: 20 }, (_, k) => 40 + k * 41);

/** Clips of all moments at once, through a cache of so many bytes. */
async function clipsThrough(cacheCapBytes: number, preset: string) {
  const data = mkdtempSync(join(folder, 'data-'));
  const tools = await locateTools(loadConfig({ cwd: folder, env: {}, overrides: {} }));
  const segments = await constantRateSegments(tools.ffmpeg, folder, seconds);
  await using origin = await CountingOrigin.start();
  for (const [sequence, body] of segments.entries()) origin.set(`/${sequence}.ts`, body);
  const lifecycle = new Lifecycle(logger);
  try {
    const overrides = {
      dataCapBytes: 1_000_000_000,
      cacheCapBytes,
      freeSpaceFloorBytes: 0,
      'concurrency.refine': 4,
      'concurrency.render': 2,
    };
    const setup = { folder: data, origin: origin.url, overrides, preset, logger };
    const { deps, stages, append } = await startMediaPipeline(setup, lifecycle);
    await append(archiveEvents(origin.url, seconds));
    await append(moments.map((second) => momentAt(`m${second}`, second)));
    const startedAtMs = performance.now();
    const clips = () => readTopic(deps, 'clips.rendered', 'channel');
    while ((await clips()).length < moments.length) await Promise.race([deps.clock.sleep(50), stages.done]);
    const tookMs = performance.now() - startedAtMs;
    const asked = segments.filter((_, sequence) => origin.requests(`/${sequence}.ts`) > 0);
    const needed = asked.reduce((sum, { length }) => sum + length, 0);
    const sent = segments.reduce((sum, _, sequence) => sum + origin.bytes(`/${sequence}.ts`), 0);
    const { cache: scope } = nodeScopes(deps.nodeId);
    const entries = (await readTopic(deps, 'budget.entries', 'channel')).filter((entry) => entry.scope === scope);
    const refined = await readTopic(deps, 'highlights.refined', 'channel');
    return { clips: await clips(), refined, entries, ratio: sent / needed, needed, tookMs };
  } finally {
    await lifecycle.stop(10_000);
  }
}

/** How long who was refused had waited, which a lease does for 45 s at most. */
function secondsOfWait(entries: readonly BudgetEntry[], refused: BudgetEntry): number {
  const waiting = entries.find(({ kind, spendId }) => kind === 'waiting' && spendId === refused.spendId);
  return (refused.atMs - (waiting?.atMs ?? refused.atMs)) / 1_000;
}

test('20 highlights at once through a cache of 16 MB get their clips in turn, and little is fetched twice', async () => {
  const { clips, refined, entries, ratio, needed, tookMs } = await clipsThrough(16_000_000, 'copy');
  const kinds = entries.map(({ kind }) => kind);
  console.info(
    `sent ${ratio.toFixed(2)} times the ${needed} bytes in ${Math.round(tookMs)} ms; ` +
      `${kinds.filter((kind) => kind === 'waiting').length} waits, ${kinds.filter((kind) => kind === 'refused').length} refusals`,
  );
  expect(clips.map(({ outcome, error }) => `${outcome} ${error}`)).toEqual(moments.map(() => 'done '));
  for (const { reasons } of refined) expect(reasons.join()).not.toContain('without media');
  const waitedSec = entries.filter(({ kind }) => kind === 'refused').map((one) => secondsOfWait(entries, one));
  // On a machine that is too slow to serve all within their time some ask again; nobody has to before that.
  for (const seconds of waitedSec) expect(seconds).toBeGreaterThan(30);
  const whose = { channelId: 'channel', streamId: 'stream', kind: 'waiting', place: expect.any(Number) };
  expect(entries.filter(({ kind }) => kind === 'waiting')[0]).toMatchObject(whose);
  // Without the waiting 2.15 and more. Who asks again may find what it had gone, which is a share of all.
  expect(ratio).toBeLessThan(1.75 + waitedSec.length / moments.length);
}, 600_000);
