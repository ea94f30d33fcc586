import type { Term } from '../records.gen.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import {
  type FeatureName,
  type FeatureVector,
  placeOf,
  type RankingName,
  vectorLength,
  vectorNames,
} from './features.ts';

/** A local maximum of the score. */
export interface Candidate {
  /** Second of the broadcast; its zero is 0. */
  readonly second: number;
  /** Score for ranking; while a minute is waited for, that of the second alone. */
  readonly score: number;
  /** Second of the highlight that was emitted for it, or null. */
  readonly emitted: number | null;
  readonly vector: FeatureVector;
  readonly terms: readonly Term[];
}

const signals2 = ['raid', 'support', 'viewers', 'markers'] as const;

/** The places of a vector by the state version that wrote it whole. */
const earlierNames: ReadonlyMap<number, readonly (FeatureName | RankingName)[]> = new Map([
  [2, [...vectorNames.slice(0, 10), ...signals2, 'messages_10', 'clip_20']],
  [3, [...vectorNames.slice(0, 16), ...signals2, 'messages_10', 'around_30', 'clip_requests_80']],
]);

type Placed = Pick<Candidate, 'score' | 'second'>;

/** Best first; of equal ones the earlier. */
export const better = (a: Placed, b: Placed): number => b.score - a.score || a.second - b.second;

export function writeCandidate(out: ByteWriter, candidate: Candidate): void {
  out.int(candidate.second);
  out.f64(candidate.score);
  out.uint(candidate.emitted === null ? 0 : candidate.second - candidate.emitted + 1);
  writeVector(out, candidate.vector);
  out.uint(candidate.terms.length);
  for (const term of candidate.terms) {
    out.text(term.text);
    out.uint(term.count);
  }
}

/** Of a vector only what is not zero: signals beside chat nearly always are. */
function writeVector(out: ByteWriter, vector: FeatureVector): void {
  let present = 0;
  for (const [place, value] of vector.entries()) if (!Object.is(value, 0)) present += 2 ** place;
  out.uint(present);
  for (const value of vector) if (!Object.is(value, 0)) out.f32(value);
}

function readVector(input: ByteReader): FeatureVector {
  const vector = new Float32Array(vectorLength);
  const earlier = earlierNames.get(input.version);
  if (earlier !== undefined) {
    for (const name of earlier) vector[placeOf(name)] = input.f32();
    return vector;
  }
  const present = input.uint();
  for (let place = 0; place < vectorLength; place += 1) {
    if (Math.floor(present / 2 ** place) % 2 === 1) vector[place] = input.f32();
  }
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
