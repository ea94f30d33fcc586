import { describe, expect, it } from 'vitest';
import { fitLogistic, type LogisticProblem } from '../../../src/domain/tuning/logistic.ts';
import { chances } from '../../support/chatstream.ts';

/** Rows of two features whose true weights are given; the third is noise. */
function problem(truth: readonly number[], options: Partial<LogisticProblem> = {}): LogisticProblem {
  const chance = chances(7);
  const count = 20_000;
  const width = truth.length;
  const rows = Float64Array.from({ length: count * width }, () => 2 * chance() - 1);
  const targets = Uint8Array.from({ length: count }, (_, i) => {
    const logit = truth.reduce((sum, weight, k) => sum + weight * (rows[i * width + k] ?? 0), -0.5);
    return chance() < 1 / (1 + Math.exp(-logit)) ? 1 : 0;
  });
  const importance = new Float64Array(count).fill(1 / count);
  return { width, rows, targets, importance, signs: truth.map(() => 1 as const), ridge: 0, ...options };
}

describe('logistic regression', () => {
  it('finds the weights that made the data', () => {
    const { intercept, weights } = fitLogistic(problem([2, 1, 0]));
    expect(intercept).toBeCloseTo(-0.5, 1);
    expect(weights[0]).toBeCloseTo(2, 0);
    expect(weights[1]).toBeCloseTo(1, 0);
    expect(Math.abs(weights[2] ?? 1)).toBeLessThan(0.1);
  });

  it('keeps a weight at zero that would have the wrong sign, and fits the others without it', () => {
    const { weights } = fitLogistic(problem([2, -1, 0.5]));
    expect(weights[1]).toBe(0);
    expect(weights[0]).toBeGreaterThan(1.5);
    const turned = fitLogistic(problem([2, -1, 0.5], { signs: [1, -1, 1] }));
    expect(turned.weights[1]).toBeCloseTo(-1, 0);
  });

  it('is at the least of its loss: no small step within the signs is better', () => {
    const given = problem([1, -1, 0.3], { ridge: 0.01 });
    const { intercept, weights } = fitLogistic(given);
    const best = loss(given, [intercept, ...weights]);
    for (let at = 0; at <= given.width; at += 1) {
      for (const step of [1e-3, -1e-3]) {
        const moved = [intercept, ...weights];
        moved[at] = (moved[at] ?? 0) + step;
        if (at > 0 && (moved[at] ?? 0) < 0) continue;
        expect(loss(given, moved)).toBeGreaterThanOrEqual(best);
      }
    }
  });

  it('draws weights to zero with a ridge, and stays finite where the classes are apart', () => {
    const rows = Float64Array.from([-1, -2, 1, 2]);
    const apart = { width: 1, rows, targets: Uint8Array.from([0, 0, 1, 1]), signs: [1] as const };
    const importance = new Float64Array(4).fill(0.25);
    const loose = fitLogistic({ ...apart, importance, ridge: 0.001 }).weights[0] ?? Number.NaN;
    const tight = fitLogistic({ ...apart, importance, ridge: 1 }).weights[0] ?? Number.NaN;
    expect(loose).toBeGreaterThan(tight);
    expect(tight).toBeGreaterThan(0);
    expect(Number.isFinite(loose)).toBe(true);
  });
});

function loss({ rows, targets, importance, width, ridge }: LogisticProblem, beta: readonly number[]): number {
  let total = (ridge / 2) * beta.slice(1).reduce((sum, weight) => sum + weight * weight, 0);
  for (const [i, target] of targets.entries()) {
    let logit = beta[0] ?? 0;
    for (let k = 0; k < width; k += 1) logit += (rows[i * width + k] ?? 0) * (beta[k + 1] ?? 0);
    total += (importance[i] ?? 0) * (Math.log1p(Math.exp(logit)) - target * logit);
  }
  return total;
}
