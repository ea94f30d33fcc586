import { expect, test } from 'vitest';
import { startPipeline } from '../../src/pipeline.ts';
import type { ResultRow } from '../../src/ports/results.ts';
import { toAppend } from '../../src/runtime/records.ts';
import { clip } from '../support/recordinputs.ts';
import { withLog } from '../support/scoredlog.ts';

const never = (): never => {
  throw new Error('these stages do not need it');
};

test.each([
  ['below the data folder', undefined, undefined, 'clips/c-1/k1.mp4'],
  ['in their bucket', (key: string) => `s3://clips/${key}`, 's3://clips/c-1/k1.mp4', 's3://clips/c-1/k1.mp4'],
])('results and receivers learn where clips are: %s', (_, clipAddress, recorded, announced) =>
  withLog(undefined, 1, async (deps) => {
    const row = Promise.withResolvers<ResultRow | undefined>();
    const file = Promise.withResolvers<unknown>();
    const record = clip('k1', 'h1', { video: 'c-1/k1.mp4' });
    await deps.log.append([toAppend(deps.codec, { topic: 'clips.rendered', key: 'c1', record })]);
    const others = { defaultPresets: [], media: never, kept: never, ...(clipAddress && { clipAddress }) };
    const stages = startPipeline(['record', 'notify'], {
      ...{ ...deps, ...others },
      results: () => ({
        insert: async (table, rows) => {
          if (table === 'clips') row.resolve(rows[0]);
        },
        query: never,
        migrate: never,
        retain: never,
        retention: never,
        close: never,
      }),
      notifier: () => ({ deliver: async ({ data }) => file.resolve(data.file) }),
    });
    expect(await Promise.race([row.promise, stages.done])).toMatchObject({ video: 'c-1/k1.mp4' });
    expect((await row.promise)?.file).toBe(recorded);
    expect(await Promise.race([file.promise, stages.done])).toBe(announced);
    await stages.stop();
  }),
);
