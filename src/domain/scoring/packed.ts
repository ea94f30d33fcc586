import { ByteReader, ByteWriter } from './bytes.ts';
import { type Candidate, readCandidate, writeCandidate } from './candidate.ts';

/** A candidate of which only second and score are asked until the broadcast's end, in a quarter of its room. */
export interface PackedCandidate {
  readonly second: number;
  readonly score: number;
  /** What `writeCandidate` wrote, a byte a character: an array of bytes, with what belongs to it, is three times as large. */
  readonly written: string;
}

export function pack(candidate: Candidate): PackedCandidate {
  const out = new ByteWriter();
  writeCandidate(out, candidate);
  return { second: candidate.second, score: candidate.score, written: String.fromCharCode(...out.finish()) };
}

export function unpack({ written }: PackedCandidate): Candidate {
  return readCandidate(new ByteReader(Uint8Array.from(written, (byte) => byte.charCodeAt(0))));
}
