import type { Moment, RankedCandidate, RenderedClip } from '../../domain/records.gen.ts';

/** A row of `clips.json`, and of `clip --json` with its kind. Seconds count from the chat's zero. */
export interface ClipRow {
  readonly rank: number;
  /** The broadcast: by what its records name, else by how its chat begins. */
  readonly streamId: string;
  readonly highlight: {
    readonly highlightId: string;
    readonly startSec: number;
    readonly peakSec: number;
    readonly endSec: number;
    readonly score: number;
    readonly contributions: Moment['contributions'];
  };
  /** Relative to the output folder. */
  readonly file: string;
  readonly poster: string;
  readonly preset: string;
  readonly title: string;
  readonly durationSec: number;
  /** Picture before `startSec`, in seconds: a copy starts at a key frame. */
  readonly headSec: number;
  readonly bytes: number;
  readonly sha256: string;
}

export function clipRow(clip: RenderedClip, candidate: RankedCandidate, zeroAtMs: number): ClipRow {
  const sec = (ms: number): number => (ms - zeroAtMs) / 1_000;
  const { highlightId, rank, score, contributions } = candidate;
  const startSec = sec(clip.startMs);
  const name = `${rank}-${clockName(startSec)}-${highlightId.slice(0, 8)}-${clip.preset}`;
  return {
    rank,
    streamId: clip.streamId,
    highlight: { highlightId, startSec, peakSec: sec(clip.peakMs), endSec: sec(clip.endMs), score, contributions },
    file: `${name}.mp4`,
    poster: `${name}.jpg`,
    preset: clip.preset,
    title: clip.title,
    durationSec: clip.durationMs / 1_000,
    headSec: clip.headMs / 1_000,
    bytes: clip.bytes,
    sha256: clip.sha256,
  };
}

/** `hh.mm.ss`; a time before the chat's zero counts as zero. */
export function clockName(sec: number): string {
  const whole = Math.max(0, Math.floor(sec));
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(whole / 3600))}.${two(Math.floor(whole / 60) % 60)}.${two(whole % 60)}`;
}

/** `hh:mm:ss` from the chat's zero on, as lines for people have it. */
export const clockAt = (ms: number, zeroAtMs: number): string =>
  clockName((ms - zeroAtMs) / 1_000).replaceAll('.', ':');
