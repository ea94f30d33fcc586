import { afterEach, expect, test } from 'vitest';
import { pinoLogger } from '../../../src/adapters/logging/pino.ts';
import { unrecordedLine } from '../../../src/cli/live/ending.ts';
import { recorded } from '../../../src/cli/live/recorded.ts';
import { openStorage } from '../../../src/cli/node/storage.ts';
import { Lifecycle } from '../../../src/runtime/lifecycle.ts';
import { toAppend } from '../../../src/runtime/records.ts';
import { startSink } from '../../../src/runtime/sink.ts';
import type { Output } from '../../../src/runtime/stage.ts';
import { entry } from '../../support/recordinputs.ts';

const logger = pinoLogger({ level: 'silent' });
const lifecycle = new Lifecycle(logger);
afterEach(() => lifecycle.stop(1_000));

test('`live` waits until the results hold what was said, but not for ever', async () => {
  const deps = await openStorage({ folder: undefined, partitions: 1, logger }, lifecycle);
  const gate = Promise.withResolvers<void>();
  let inserted = 0;
  const sink = startSink(
    {
      name: 'record',
      inputs: ['highlights.journal'],
      maxBatch: 1,
      waitsFor: 'results',
      handle: async () => {
        await gate.promise;
        inserted += 1;
      },
    },
    deps,
  );
  const said = [0, 1].map((from): Output => ({ topic: 'highlights.journal', key: 'c1', record: entry('a', from) }));
  await deps.log.append(said.map((output) => toAppend(deps.codec, output)));
  const { signal } = new AbortController();
  expect(await recorded(sink.progress, deps, signal, 50)).toBe(false);
  expect(unrecordedLine('--data d')).toMatch(/recorded when live or run is next started with --data d$/);

  const waiting = recorded(sink.progress, deps, signal, 60_000);
  gate.resolve();
  expect(await waiting).toBe(true);
  expect(inserted).toBe(2);

  const stopped = recorded(sink.progress, deps, AbortSignal.abort(new Error('stopped')), 60_000);
  await expect(stopped).rejects.toThrow('stopped');
  await sink.stop();
});
