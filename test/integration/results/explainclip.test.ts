import { afterAll, beforeAll, expect, it } from 'vitest';
import { recordOf } from '../../../src/cli/explain/record.ts';
import { recordStage } from '../../../src/stages/record/stage.ts';
import { type ChdbResults, chdbResults } from '../../support/chdbresults.ts';
import { clip, detected, input } from '../../support/recordinputs.ts';

let store: ChdbResults;
beforeAll(async () => {
  store = await chdbResults();
  const found = [
    input('highlights.detected', detected('aaaaaa11', 40), 0),
    input('highlights.detected', detected('bbbbbb22', 200), 1),
  ];
  const clips = [
    input('clips.rendered', clip('b538f39500', 'aaaaaa11'), 0),
    input('clips.rendered', clip('b538f3aa00', 'aaaaaa11', { preset: 'copy' }), 1),
    input('clips.rendered', clip('bbbbbb2000', 'aaaaaa11', { preset: 'square' }), 2),
  ];
  await recordStage(store).handle([...found, ...clips]);
});
afterAll(() => store.close());

const ask = (sql: string) => store.results.query(sql);

it('a highlight is found by the name of a clip in the clip store, as by its own', async () => {
  for (const id of ['aaaaaa11', 'aaaaaa', 'b538f395', 'b538f39500', 'b538f3'])
    expect(await recordOf(ask, id), id).toMatchObject({ highlightId: 'aaaaaa11', run: 'live' });
});

it('letters with which the ids of a highlight and of the clip of another begin are not enough', async () => {
  await expect(recordOf(ask, 'bbbbbb2')).rejects.toMatchObject({
    code: 'usage',
    hint: expect.stringContaining('aaaaaa11'),
  });
  expect(await recordOf(ask, 'bbbbbb22')).toMatchObject({ highlightId: 'bbbbbb22' });
  await expect(recordOf(ask, 'cccccc')).rejects.toMatchObject({
    code: 'usage',
    message: 'there is no highlight cccccc, and no clip',
  });
});
