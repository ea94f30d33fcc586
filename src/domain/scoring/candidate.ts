import type { Term } from '../records.gen.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import { type FeatureVector, featureNames, vectorLength } from './features.ts';

/** A local maximum of the score. */
export interface Candidate {
  /** Second of the broadcast; its zero is 0. */
  readonly second: number;
  /** Score for ranking. */
  readonly score: number;
  /** Second of the highlight that was emitted for it, or null. */
  readonly emitted: number | null;
  readonly vector: FeatureVector;
  readonly terms: readonly Term[];
}

/** Best first; of equal ones the earlier. */
export const better = (a: Candidate, b: Candidate): number => b.score - a.score || a.second - b.second;

export function writeCandidate(out: ByteWriter, candidate: Candidate): void {
  out.int(candidate.second);
  out.f64(candidate.score);
  out.uint(candidate.emitted === null ? 0 : candidate.second - candidate.emitted + 1);
  for (const value of candidate.vector) out.f32(value);
  out.uint(candidate.terms.length);
  for (const term of candidate.terms) {
    out.text(term.text);
    out.uint(term.count);
  }
}

/** Features that a state of version 2 holds; those that were added since are zero in it. */
const olderFeatures = 14;

function readVector(input: ByteReader): FeatureVector {
  const vector = new Float32Array(vectorLength);
  const features = input.version < 3 ? olderFeatures : featureNames.length;
  for (let i = 0; i < features; i += 1) vector[i] = input.f32();
  for (let i = featureNames.length; i < vectorLength; i += 1) vector[i] = input.f32();
  return vector;
}

export function readCandidate(input: ByteReader): Candidate {
  const second = input.int();
  const score = input.f64();
  const ago = input.uint();
  const vector = readVector(input);
  const terms = input.list(() => ({ text: input.text(), count: input.uint() }));
  return { second, score, emitted: ago === 0 ? null : second - ago + 1, vector, terms };
}
