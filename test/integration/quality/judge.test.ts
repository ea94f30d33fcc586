import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  baselinesOf,
  evaluated,
  figuresOf,
  type SetEvaluation,
  setEvaluation,
} from '../../../src/cli/eval/evaluation.ts';
import { readSets } from '../../../src/cli/eval/reading.ts';
import { perSecond, secondScores } from '../../../src/domain/quality/baselines.ts';
import { onlineFigures } from '../../../src/domain/quality/figures.ts';
import { scoutOnline } from '../../../src/domain/quality/onlinebaseline.ts';
import type { Prediction } from '../../../src/domain/quality/predictions.ts';
import { defaultModel } from '../../../src/domain/scoring/model.ts';

const data = join(import.meta.dirname, '../../../../shared/data');
const python = process.env.TEST_PYTHON ?? 'python3';
const canJudge = existsSync(data) && spawnSync(python, ['-c', 'import numpy']).status === 0;
const work = mkdtempSync(join(tmpdir(), 'cliptide-judge-'));
afterAll(() => rmSync(work, { recursive: true }));

const judge = (...args: string[]): Record<string, number> =>
  JSON.parse(execFileSync(python, [join(data, 'judge.py'), ...args], { encoding: 'utf8' }));

const ranked = ['P@1', 'P@3', 'P@5', 'P@10', 'R@10', 'R@20'] as const;
const online = ['onlinePrecision', 'onlineRecall', 'perHour', 'delayMedianSec', 'delayP95Sec'] as const;

describe.skipIf(!canJudge)('the judge of ../shared/data (skipped without it, or where python3 has no numpy)', () => {
  it.each(['lightor-dota2', 'lightor-lol', 'twitch-cliplinks', 'football'])(
    'agrees to the third decimal on %s',
    async (name) => {
      const folder = join(data, name);
      const sets = await readSets([folder], {
        latenessMs: 2000,
        onVideo: () => undefined,
        signal: new AbortController().signal,
      });
      const told = evaluated(defaultModel, sets.videos, { perHour: 7.5, latenessSec: 2, categoryKnown: true });
      const write = (kind: 'online' | 'ranked'): string => {
        const out = join(work, name, kind);
        mkdirSync(out, { recursive: true });
        const lines = (list: readonly Prediction[]) => list.map((one) => `${JSON.stringify(one)}\n`).join('');
        for (const one of told) writeFileSync(join(out, `${one.video.id}.ndjson`), lines(one[kind].predictions));
        return out;
      };
      const figures = figuresOf(told);
      const [byRanking, byOnline] = [judge(folder, write('ranked')), judge(folder, write('online'))];
      for (const key of ranked) expect([key, figures[key]]).toEqual([key, expect.closeTo(byRanking[key] ?? 9, 3)]);
      for (const key of online) expect([key, figures[key]]).toEqual([key, expect.closeTo(byOnline[key] ?? 9, 3)]);
      const whole: SetEvaluation = setEvaluation(told);
      expect(whole.chance).toBeCloseTo(byOnline.chance ?? 9, 3);
      const timed = sets.videos.map((video) => ({ ...video, timesSec: sets.timesSec.get(video) ?? [] }));
      const baselines = baselinesOf(timed);
      for (const baseline of ['raw15', 'scout', 'rate10z'] as const) {
        const theirs = judge(folder, '--baseline', baseline);
        for (const key of ranked) {
          expect([baseline, key, baselines[baseline][key]]).toEqual([
            baseline,
            key,
            expect.closeTo(theirs[key] ?? 9, 3),
          ]);
        }
      }
      const theirs = judge(folder, '--baseline', 'scout-online', '20', '4');
      const scout = onlineFigures(
        timed.map((video) => ({
          ...video,
          predictions: scoutOnline(secondScores('scout', perSecond(video.timesSec)), 4),
        })),
      );
      for (const key of online) expect([key, scout[key]]).toEqual([key, expect.closeTo(theirs[key] ?? 9, 3)]);
    },
  );
});
