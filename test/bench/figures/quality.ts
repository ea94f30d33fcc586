import type { Figure, Row } from '../figure.ts';
import { keptQuality, measuredQuality, type QualityFigure } from '../qualitytable.ts';

const nameOf = ({ set, category, figure }: QualityFigure): string => `quality: ${set}, category ${category}, ${figure}`;

/** How well the shipped model finds the moments, beside what QUALITY.md keeps; a loss beyond the noise fails the run. */
export const quality: Figure = {
  name: 'quality',
  async measure(): Promise<readonly Row[]> {
    const measured = await measuredQuality();
    if (measured === null) {
      return [{ what: 'quality', value: 'skipped', baseline: 'the chat sets are not here' }];
    }
    const kept = keptQuality();
    const isSame = (a: QualityFigure, b: QualityFigure): boolean =>
      a.set === b.set && a.category === b.category && a.figure === b.figure;
    const gone = kept.filter((figure) => !measured.some((one) => isSame(one, figure)));
    if (gone.length > 0) process.exitCode = 1;
    const lost = gone.map((figure) => ({
      what: nameOf(figure),
      value: 'not measured: LOST',
      baseline: `${figure.value.toFixed(3)} in QUALITY.md`,
    }));
    const compared = measured.map((figure) => {
      const before = kept.find((one) => isSame(one, figure));
      const isLower = before !== undefined && figure.value < before.value - before.error;
      if (isLower) process.exitCode = 1;
      return {
        what: nameOf(figure),
        value: `${figure.value.toFixed(3)}${isLower ? ' LOWER' : ''}`,
        baseline:
          before === undefined ? 'new' : `${before.value.toFixed(3)} ± ${before.error.toFixed(3)} in QUALITY.md`,
      };
    });
    return [...compared, ...lost];
  },
};
