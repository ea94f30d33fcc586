import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CliptideError } from '../../../src/domain/errors.ts';
import type { ResultRow, Results } from '../../../src/ports/results.ts';
import { rowsOf } from '../../../src/stages/record/rows.ts';
import { recordStage } from '../../../src/stages/record/stage.ts';
import { moment, rowVersion } from '../../../src/stages/record/values.ts';
import { deadLetter, detected, entry, input, second } from '../../support/recordinputs.ts';

const resultsWith = (insert: Results['insert']): Results => ({
  insert,
  migrate: async () => undefined,
  retention: async () => new Map(),
  retain: async () => undefined,
  query: async () => [],
  close: async () => undefined,
});

describe('rows of records', () => {
  it('take any time that a record can hold, so that no record can stop the stage', () => {
    fc.assert(
      fc.property(fc.double(), (ms) => {
        expect(moment(ms)).toMatch(/^(19|20|21|22)\d\d-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/);
      }),
    );
    expect(moment(1_714_564_800_123)).toBe('2024-05-01 12:00:00.123');
    expect(moment(8e15)).toBe('2299-12-31 00:00:00.000');
  });

  it('let a higher revision win, and of one revision the first in log order', () => {
    const whole = fc.integer({ min: 0, max: 2 ** 20 });
    fc.assert(
      fc.property(whole, whole, whole, whole, (revisionA, offsetA, revisionB, offsetB) => {
        const aWins = revisionA > revisionB || (revisionA === revisionB && offsetA < offsetB);
        expect(BigInt(rowVersion(revisionA, offsetA)) > BigInt(rowVersion(revisionB, offsetB))).toBe(aWins);
      }),
    );
    expect(BigInt(rowVersion(2 ** 20, 0)) < 2n ** 64n).toBe(true);
  });

  it('name the run of dead letters, which do not name theirs', () => {
    const [row] = rowsOf([input('score.dead', deadLetter(1))], 'backfill-1').get('dead_letters') ?? [];
    expect(row).toMatchObject({ run: 'backfill-1', stage: 'score', code: 'schema' });
    expect(row).not.toHaveProperty('value');
  });

  it('are the same for the same batch, whatever comes beside it', () => {
    const batch = [input('streams.seconds', second(1)), input('highlights.detected', detected('h', 9))];
    const more = [...batch, input('highlights.journal', entry('h', 0))];
    expect(rowsOf(more, 'live').get('seconds')).toEqual(rowsOf(batch, 'live').get('seconds'));
    expect(rowsOf(batch, 'live')).toEqual(rowsOf(batch, 'live'));
  });
});

describe('the record stage', () => {
  it('is done only when every table has its rows', async () => {
    const kept: [string, number][] = [];
    const insert = async (table: string, rows: readonly ResultRow[]) => void kept.push([table, rows.length]);
    await recordStage({ results: resultsWith(insert) }).handle([
      input('streams.seconds', second(1)),
      input('streams.seconds', second(2)),
      input('highlights.detected', detected('h', 9)),
    ]);
    expect(kept).toEqual([
      ['seconds', 2],
      ['detections', 1],
      ['highlights', 1],
    ]);
  });

  it('passes on that the store is away, so that the offsets are held', async () => {
    const insert = () => Promise.reject(new CliptideError('unavailable', 'away'));
    const handled = recordStage({ results: resultsWith(insert) }).handle([input('streams.seconds', second(1))]);
    await expect(handled).rejects.toMatchObject({ code: 'unavailable' });
  });
});
