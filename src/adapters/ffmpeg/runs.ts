import type { LeasedPart } from '../../ports/mediacache.ts';

/** Parts whose timeline goes on from one to the next, read as one source. */
export interface PartRun {
  readonly paths: readonly string[];
  /** Archive time of its start and its end, in milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
}

/** Splits parts where the media's timeline breaks: at a discontinuity and where archive time leaves something out. */
export function contiguousRuns(parts: readonly LeasedPart[]): PartRun[] {
  const runs: { paths: string[]; startMs: number; endMs: number }[] = [];
  for (const part of parts) {
    const last = runs.at(-1);
    const endMs = part.startMs + part.durationMs;
    if (last === undefined || part.discontinuity || Math.abs(part.startMs - last.endMs) > 50) {
      runs.push({ paths: [part.path], startMs: part.startMs, endMs });
    } else {
      last.paths.push(part.path);
      last.endMs = endMs;
    }
  }
  return runs;
}
