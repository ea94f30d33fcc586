import { type Change, diffHighlights, type FoundHighlight } from '../../domain/rundiff.ts';
import type { ResultRow } from '../../ports/results.ts';
import { type Ask, sqlText } from './asking.ts';
import type { RunSummary } from './summaries.ts';

/** What the other run's curve said in the second of a highlight that it does not have. */
export interface CurvePoint {
  readonly score: number;
  readonly threshold: number;
}

export type StreamChange = Change & {
  readonly streamId: string;
  /** Of lost and gained highlights; null where that second is not in the results (any more). */
  readonly there: CurvePoint | null;
};

/** What changed from run to run, in the broadcasts that both have scored to their end. */
export async function changesOf(ask: Ask, a: RunSummary, b: RunSummary): Promise<readonly StreamChange[]> {
  const both = a.streams.filter((streamId) => b.streams.includes(streamId));
  const [inA, inB] = [await highlightsOf(ask, a.run), await highlightsOf(ask, b.run)];
  const changes = both.flatMap((streamId) =>
    diffHighlights(inA.get(streamId) ?? [], inB.get(streamId) ?? []).map((change) => ({ ...change, streamId })),
  );
  const missing = (kind: 'gained' | 'lost') =>
    changes.flatMap(({ kind: own, streamId, a: one, b: other }) =>
      own === kind ? [{ streamId, peakMs: (one ?? other).peakMs }] : [],
    );
  const points = {
    gained: await curveOf(ask, a.run, missing('gained')),
    lost: await curveOf(ask, b.run, missing('lost')),
  };
  return changes.map((change) => {
    if (change.kind !== 'gained' && change.kind !== 'lost') return { ...change, there: null };
    const { peakMs } = change.a ?? change.b;
    return { ...change, there: points[change.kind].get(keyOf(change.streamId, peakMs)) ?? null };
  });
}

async function highlightsOf(ask: Ask, run: string): Promise<ReadonlyMap<string, readonly FoundHighlight[]>> {
  const name = sqlText(run);
  const rows = await ask(`
    SELECT d.stream_id AS stream_id, d.highlight_id AS highlight_id, toUnixTimestamp64Milli(d.peak_at) AS peak_ms,
      d.score AS score, d.threshold AS threshold, d.model AS model, h.contributions AS contributions
    FROM detections AS d FINAL
    LEFT JOIN (SELECT stream_id, highlight_id, contributions FROM highlights FINAL WHERE run = ${name}) AS h
      ON h.stream_id = d.stream_id AND h.highlight_id = d.highlight_id
    WHERE d.run = ${name} ORDER BY d.stream_id, d.peak_at`);
  const found = new Map<string, FoundHighlight[]>();
  for (const row of rows) {
    const streamId = String(row.stream_id);
    found.set(streamId, [...(found.get(streamId) ?? []), highlightOf(row)]);
  }
  return found;
}

const highlightOf = (row: ResultRow): FoundHighlight => ({
  highlightId: String(row.highlight_id),
  peakMs: Number(row.peak_ms),
  score: Number(row.score),
  threshold: Number(row.threshold),
  model: String(row.model),
  contributions: (row.contributions ?? {}) as Readonly<Record<string, number>>,
});

const keyOf = (streamId: string, atMs: number): string => `${atMs} ${streamId}`;
const perQuestion = 500;

async function curveOf(
  ask: Ask,
  run: string,
  wanted: readonly { readonly streamId: string; readonly peakMs: number }[],
): Promise<ReadonlyMap<string, CurvePoint>> {
  const found = new Map<string, CurvePoint>();
  for (let from = 0; from < wanted.length; from += perQuestion) {
    const some = wanted.slice(from, from + perQuestion);
    const seconds = some.map(({ streamId, peakMs }) => `(${sqlText(streamId)}, ${peakMs})`).join(', ');
    const rows = await ask(`
      SELECT stream_id, toUnixTimestamp64Milli(at) AS at_ms, score, threshold FROM seconds FINAL
      WHERE run = ${sqlText(run)} AND (stream_id, toUnixTimestamp64Milli(at)) IN (${seconds})`);
    for (const { stream_id, at_ms, score, threshold } of rows) {
      found.set(keyOf(String(stream_id), Number(at_ms)), { score: Number(score), threshold: Number(threshold) });
    }
  }
  return found;
}
