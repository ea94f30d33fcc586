/** Rows of standardised features, one after the other, with what is to be said of each and how much it counts. */
export interface LogisticProblem {
  readonly width: number;
  readonly rows: Float64Array;
  /** 0 or 1. */
  readonly targets: Uint8Array;
  /** Sum to 1. */
  readonly importance: Float64Array;
  /** +1: a weight may not be negative; -1: not positive; 0: it may be either. */
  readonly signs: readonly (1 | -1 | 0)[];
  /** Penalty of half the sum of the squared weights; the intercept is free. */
  readonly ridge: number;
}

export interface LogisticFit {
  readonly intercept: number;
  readonly weights: Float64Array;
}

const rounds = 40;
const sweeps = 200;
const tolerance = 1e-9;
/** Keeps the quadratic model of a round convex where a probability is nearly 0 or 1. */
const leastCurvature = 1e-6;

/**
 * Ridge logistic regression with signs, by iteratively reweighted least squares whose quadratic problem is solved by
 * cyclic coordinate descent (Friedman, Hastie, Tibshirani: Regularization paths for generalized linear models via
 * coordinate descent, 2010), each coordinate clipped to its sign. Deterministic.
 */
export function fitLogistic(problem: LogisticProblem): LogisticFit {
  const beta = new Float64Array(problem.width + 1);
  beta[0] = priorLogit(problem);
  for (let round = 0; round < rounds; round += 1) {
    const { gradient, hessian } = quadratic(problem, beta);
    const moved = descend(problem, beta, gradient, hessian);
    if (moved < tolerance) break;
  }
  return { intercept: beta[0] ?? 0, weights: beta.slice(1) };
}

function priorLogit({ targets, importance }: LogisticProblem): number {
  let positive = 0;
  for (let i = 0; i < targets.length; i += 1) if (targets[i] === 1) positive += importance[i] ?? 0;
  const share = Math.min(0.999, Math.max(0.001, positive));
  return Math.log(share / (1 - share));
}

/** Gradient and curvature of the mean loss at `beta`; place 0 is the intercept. */
function quadratic(problem: LogisticProblem, beta: Float64Array): { gradient: Float64Array; hessian: Float64Array } {
  const { width, rows, targets, importance } = problem;
  const size = width + 1;
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  const x = new Float64Array(size);
  x[0] = 1;
  for (let i = 0; i < targets.length; i += 1) {
    let logit = beta[0] ?? 0;
    for (let k = 0; k < width; k += 1) {
      const value = rows[i * width + k] ?? 0;
      x[k + 1] = value;
      logit += value * (beta[k + 1] ?? 0);
    }
    const p = 1 / (1 + Math.exp(-logit));
    const weight = importance[i] ?? 0;
    const error = weight * (p - (targets[i] ?? 0));
    const curvature = weight * Math.max(leastCurvature, p * (1 - p));
    for (let a = 0; a < size; a += 1) {
      const xa = x[a] ?? 0;
      gradient[a] = (gradient[a] ?? 0) + error * xa;
      const scaled = curvature * xa;
      for (let b = a; b < size; b += 1) hessian[a * size + b] = (hessian[a * size + b] ?? 0) + scaled * (x[b] ?? 0);
    }
  }
  return { gradient, hessian };
}

/** Minimises the quadratic model around `beta` within the signs; moves `beta` there and returns how far it moved. */
function descend(problem: LogisticProblem, beta: Float64Array, gradient: Float64Array, hessian: Float64Array): number {
  const size = beta.length;
  const step = new Float64Array(size);
  const at = (a: number, b: number): number => hessian[Math.min(a, b) * size + Math.max(a, b)] ?? 0;
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    let change = 0;
    for (let a = 0; a < size; a += 1) {
      const ridge = a === 0 ? 0 : problem.ridge;
      const old = (beta[a] ?? 0) + (step[a] ?? 0);
      let slope = (gradient[a] ?? 0) + ridge * old;
      for (let b = 0; b < size; b += 1) slope += at(a, b) * (step[b] ?? 0);
      const curvature = at(a, a) + ridge;
      const free = curvature === 0 ? old : old - slope / curvature;
      const sign = a === 0 ? 0 : problem.signs[a - 1];
      const next = sign === 1 ? Math.max(0, free) : sign === -1 ? Math.min(0, free) : free;
      step[a] = next - (beta[a] ?? 0);
      change = Math.max(change, Math.abs(next - old));
    }
    if (change < tolerance) break;
  }
  let moved = 0;
  for (let a = 0; a < size; a += 1) {
    beta[a] = (beta[a] ?? 0) + (step[a] ?? 0);
    moved = Math.max(moved, Math.abs(step[a] ?? 0));
  }
  return moved;
}
