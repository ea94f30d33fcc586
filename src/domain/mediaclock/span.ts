import type { PieceMap } from './pieces.ts';

/** A span of time in milliseconds. */
export interface TimeSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Why an event time has no media. */
export type MissReason = 'before-start' | 'in-gap' | 'after-end';

/** Event time without media. `final`: waiting does not help. */
export interface MissingSpan extends TimeSpan {
  readonly why: MissReason;
  readonly final: boolean;
}

export interface SpanAnswer {
  /** Archive time; undefined when nothing of it is archived. */
  readonly span: TimeSpan | undefined;
  readonly errorMs: number;
  /** Event time that the span does not show, in order. */
  readonly missing: readonly MissingSpan[];
}

/** Media that runs on without a break in archive time, and the stretches of event time that it shows. */
interface Run {
  readonly archive: TimeSpan;
  readonly events: readonly TimeSpan[];
}

/** Clips an event span to one run of media: the one that holds `aroundMs`, else the longest. */
export function spanOf(
  map: PieceMap,
  ended: boolean,
  fromMs: number,
  toMs: number,
  aroundMs: number | undefined,
): SpanAnswer {
  const runs = runsWithin(map, fromMs, toMs);
  const run = choose(runs, aroundMs);
  const missing = complement(map, run?.events ?? [], fromMs, toMs).map((span) => ({
    ...span,
    ...reasonFor(map, span, ended),
  }));
  return { span: run?.archive, errorMs: map.errorMs, missing };
}

function runsWithin(map: PieceMap, fromMs: number, toMs: number): Run[] {
  const runs: Run[] = [];
  for (const piece of map.pieces) {
    const from = Math.max(fromMs, piece.eventFrom);
    const to = Math.min(toMs, piece.eventTo);
    if (!piece.playable || to <= from) continue;
    const start = piece.archiveFrom + (from - piece.eventFrom);
    const archive = { fromMs: start, toMs: start + (to - from) };
    const last = runs.at(-1);
    const event = { fromMs: from, toMs: to };
    if (last !== undefined && start - last.archive.toMs <= map.seamMs) {
      runs[runs.length - 1] = {
        archive: { fromMs: last.archive.fromMs, toMs: archive.toMs },
        events: [...last.events, event],
      };
    } else {
      runs.push({ archive, events: [event] });
    }
  }
  return runs;
}

function choose(runs: readonly Run[], aroundMs: number | undefined): Run | undefined {
  const holds = (run: Run) => run.events.some((event) => holdsTime(event, aroundMs));
  const length = (run: Run) => run.archive.toMs - run.archive.fromMs;
  const longest = runs.reduce<Run | undefined>(
    (best, run) => (best === undefined || length(run) > length(best) ? run : best),
    undefined,
  );
  return runs.find(holds) ?? longest;
}

function holdsTime(span: TimeSpan, timeMs: number | undefined): boolean {
  return timeMs !== undefined && span.fromMs <= timeMs && timeMs <= span.toMs;
}

/** What of `fromMs` to `toMs` is not in the spans; what is shorter than a seam counts as shown. */
function complement(map: PieceMap, spans: readonly TimeSpan[], fromMs: number, toMs: number): TimeSpan[] {
  const rest: TimeSpan[] = [];
  let at = fromMs;
  const put = (to: number, least: number) => {
    for (const span of splitAtEnds(map, at, to)) if (span.toMs - span.fromMs > least) rest.push(span);
  };
  for (const span of spans) {
    put(span.fromMs, at === fromMs ? 0 : map.seamMs);
    at = span.toMs;
  }
  put(toMs, 0);
  return rest;
}

/** So that each part has one reason. */
function splitAtEnds(map: PieceMap, fromMs: number, toMs: number): TimeSpan[] {
  const start = map.pieces[0]?.eventFrom ?? toMs;
  const end = map.pieces.at(-1)?.eventTo ?? toMs;
  const cuts = [start, end].filter((cut) => cut > fromMs && cut < toMs);
  const edges = [fromMs, ...cuts, toMs];
  return edges.slice(1).map((to, k) => ({ fromMs: edges[k] ?? to, toMs: to }));
}

function reasonFor(map: PieceMap, span: TimeSpan, ended: boolean): { why: MissReason; final: boolean } {
  const first = map.pieces[0];
  const last = map.pieces.at(-1);
  if (first === undefined || last === undefined || span.fromMs >= last.eventTo) {
    return { why: 'after-end', final: ended };
  }
  return { why: span.toMs <= first.eventFrom ? 'before-start' : 'in-gap', final: true };
}
