/** A moment as it was estimated, with the bounds that its boundaries keep. Times in milliseconds on one clock. */
export interface EstimatedMoment {
  readonly startMs: number;
  readonly peakMs: number;
  readonly endMs: number;
  readonly earliestMs: number;
  readonly latestMs: number;
}

/** What was found in the media, on the same clock. */
export interface BoundaryFindings {
  readonly silences: readonly { readonly fromMs: number; readonly toMs: number }[];
  readonly sceneCuts: readonly number[];
}

export interface Boundaries {
  readonly startMs: number;
  readonly endMs: number;
  /** In words, the start's first. */
  readonly reasons: readonly string[];
}

/** A boundary moves at most so far; a clip is to be so long. The former holds where both cannot. */
export const maxMoveMs = 30_000;
export const minLengthMs = 8_000;
export const maxLengthMs = 60_000;

/** A place where a boundary may lie, and what is lost by it, in the worth of a second of movement. */
interface Candidate {
  readonly atMs: number;
  readonly cost: number;
  readonly reason: string;
}

type Side = 'start' | 'end';

/** A boundary in running sound or picture, against one at a cut or in a silence. */
const costs = { nowhere: 3, sceneCut: 1, silence: 0 };
/** A second of the moment lost is worse than a second of something else gained. */
const inward = 1.5;
const outward = 0.6;
/** How far into a silence a boundary lies, so that no sound is touched. */
const insetMs = 150;

/**
 * The cheapest pair of boundaries: for each, the way that it moved (in seconds, inward one and a half times) plus 3
 * where it lies in running sound and picture, 1 at a scene cut, 0 in a silence. Equal input gives equal output; equal
 * cost is decided for the earlier start, then the earlier end. Both lie within the moment's bounds and move at most 30 s.
 */
export function chooseBoundaries(moment: EstimatedMoment, findings: BoundaryFindings | null): Boundaries {
  const fitted = fitLength(moment);
  const starts = candidates('start', moment, fitted.startMs, findings);
  const ends = candidates('end', moment, fitted.endMs, findings);
  let best: { start: Candidate; end: Candidate; cost: number } | undefined;
  for (const start of starts) {
    for (const end of ends) {
      const length = end.atMs - start.atMs;
      const cost = start.cost + end.cost;
      if (length < minLengthMs || length > maxLengthMs) continue;
      if (best === undefined || cost < best.cost) best = { start, end, cost };
    }
  }
  if (best === undefined) return { ...fitted, reasons: ['start and end as estimated: nothing better fits the length'] };
  return { startMs: best.start.atMs, endMs: best.end.atMs, reasons: [best.start.reason, best.end.reason] };
}

/** The estimate within its bounds, made longer on both sides or shorter around the peak where its length asks for it. */
function fitLength(moment: EstimatedMoment): { startMs: number; endMs: number } {
  const start = range('start', moment);
  const end = range('end', moment);
  let startMs = clamp(Math.round(moment.startMs), start);
  let endMs = Math.max(startMs, clamp(Math.round(moment.endMs), end));
  const lacking = minLengthMs - (endMs - startMs);
  if (lacking > 0) {
    startMs = clamp(startMs - Math.round(lacking / 2), start);
    endMs = Math.max(startMs, clamp(startMs + minLengthMs, end));
    startMs = Math.min(startMs, clamp(endMs - minLengthMs, start));
  }
  if (endMs - startMs > maxLengthMs) {
    const wished = Math.round(Math.min(moment.peakMs - maxLengthMs / 2, endMs - maxLengthMs));
    startMs = clamp(Math.max(startMs, wished), start);
    endMs = Math.max(startMs, clamp(startMs + maxLengthMs, end));
  }
  return { startMs, endMs };
}

/** Where a boundary may lie at all. */
function range(side: Side, moment: EstimatedMoment): readonly [number, number] {
  const from = Math.ceil(moment.earliestMs);
  const to = Math.max(from, Math.floor(moment.latestMs));
  const at = side === 'start' ? moment.startMs : moment.endMs;
  const low = Math.min(to, Math.max(from, Math.ceil(at - maxMoveMs)));
  return [low, Math.max(low, Math.min(to, Math.floor(at + maxMoveMs)))];
}

function clamp(value: number, [low, high]: readonly [number, number]): number {
  return Math.min(high, Math.max(low, value));
}

function candidates(
  side: Side,
  moment: EstimatedMoment,
  estimateMs: number,
  findings: BoundaryFindings | null,
): Candidate[] {
  const [low, high] = range(side, moment);
  const places = [
    { atMs: estimateMs, cost: costs.nowhere, what: 'as estimated from chat' },
    ...(findings?.sceneCuts ?? []).map((atMs) => ({ atMs, cost: costs.sceneCut, what: 'at a scene cut' })),
    ...(findings?.silences ?? []).map((silence) => ({
      atMs: besideSound(side, silence),
      cost: costs.silence,
      what: side === 'start' ? 'before the sound sets in' : 'after the sound has died away',
    })),
  ];
  return places
    .map(({ atMs, cost, what }) => ({ atMs: Math.round(atMs), cost, what }))
    .filter(({ atMs }) => atMs >= low && atMs <= high)
    .map(({ atMs, cost, what }) => {
      const moved = (atMs - estimateMs) / 1000;
      const into = side === 'start' ? moved > 0 : moved < 0;
      const way = moved === 0 ? '' : ` (${Math.abs(moved).toFixed(1)} s ${moved < 0 ? 'earlier' : 'later'})`;
      return { atMs, cost: cost + Math.abs(moved) * (into ? inward : outward), reason: `${side} ${what}${way}` };
    })
    .sort((a, b) => a.atMs - b.atMs);
}

/** A start lies just before a silence ends, an end just after one begins; in a short one, in its middle. */
function besideSound(side: Side, silence: { readonly fromMs: number; readonly toMs: number }): number {
  const inset = Math.min(insetMs, (silence.toMs - silence.fromMs) / 2);
  return side === 'start' ? silence.toMs - inset : silence.fromMs + inset;
}
