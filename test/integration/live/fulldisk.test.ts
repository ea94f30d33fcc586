import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { pinoLogger } from '../../../src/adapters/logging/pino.ts';
import { readTopic } from '../../../src/cli/node/watch.ts';
import { Lifecycle } from '../../../src/runtime/lifecycle.ts';
import { archiveEvents, momentAt } from '../../support/livemoments.ts';
import { startMediaPipeline } from '../../support/mediapipeline.ts';
import { CountingOrigin } from '../../support/origin.ts';

const folder = mkdtempSync(join(tmpdir(), 'cliptide-full-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const logger = pinoLogger({ level: 'silent' });

test('promise 15: a disk that fills up fails the clips, with the reason on the record; the stages live and nothing is kept', async () => {
  await using origin = await CountingOrigin.start();
  const packets = Buffer.alloc(188 * 100).fill(Buffer.from([0x47, ...Buffer.alloc(187)]));
  for (let sequence = 0; sequence < 75; sequence += 1) origin.set(`/${sequence}.ts`, packets);
  const lifecycle = new Lifecycle(logger);
  try {
    const overrides = { freeSpaceFloorBytes: Number.MAX_SAFE_INTEGER };
    const setup = { folder, origin: origin.url, overrides, preset: 'source', logger };
    const { deps, stages, append } = await startMediaPipeline(setup, lifecycle);
    await append([...archiveEvents(origin.url, 300), momentAt('first', 60), momentAt('second', 200)]);
    const clips = () => readTopic(deps, 'clips.rendered', 'channel');
    while ((await clips()).length < 2) await Promise.race([deps.clock.sleep(50), stages.done]);
    for (const { outcome, error } of await clips()) {
      expect(outcome).toBe('failed');
      expect(error).toMatch(/^space: /);
    }
    const attempts = await readTopic(deps, 'attempts', 'channel');
    expect(attempts.filter(({ role }) => role === 'render').map(({ outcome }) => outcome)).toEqual([
      'failed',
      'failed',
    ]);
    const kept = readdirSync(join(folder, 'cache'), { recursive: true, withFileTypes: true });
    expect(kept.filter((entry) => entry.isFile())).toEqual([]);
  } finally {
    await lifecycle.stop(10_000);
  }
});
