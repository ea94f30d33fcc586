import { CliptideError } from '../../domain/errors.ts';
import { momentSec } from '../../domain/scoring/explain/outcome.ts';
import type { ResultRow } from '../../ports/results.ts';
import { type Ask, sqlText } from '../runs/asking.ts';

/** A highlight as the results have it. Times are event time in milliseconds since 1970-01-01 UTC. */
export interface HighlightRecord {
  readonly highlightId: string;
  readonly run: string;
  readonly streamId: string;
  readonly peakMs: number;
  readonly score: number;
  /** The threshold that it passed; null for one that only the ranking found. */
  readonly threshold: number | null;
  readonly contributions: Readonly<Record<string, number>>;
  readonly model: string;
  /** What chat said, most characteristic first. */
  readonly terms: readonly string[];
  readonly title: string;
  readonly state: string;
  /** Rank in the broadcast's final ranking, where it is there. */
  readonly rank: number | null;
  /** The broadcast's zero; null while it has not ended. */
  readonly zeroMs: number | null;
}

/** A shorter beginning of an id is no name for anything. */
const leastLetters = 6;
const mostNamed = 5;

/**
 * The highlight of an id, or of the beginning of one, its own or that of a clip of it: "clip" names its files by
 * highlights, the clip store by clips. Where several runs have it, the live one's. Rejects with `usage` for an id that there is not, or that is the beginning of several.
 */
export async function recordOf(ask: Ask, id: string): Promise<HighlightRecord> {
  if (!/^[0-9a-f]+$/.test(id) || id.length < leastLetters) {
    throw new CliptideError('usage', `"${id}" is no id of a highlight or a clip`, {
      hint: `an id has 32 hexadecimal digits, of which at least the first ${leastLetters} are given; "cliptide sql 'SELECT highlight_id, peak_at, title FROM moments'" lists them`,
    });
  }
  const rows = await ask(`
    SELECT run, stream_id, highlight_id, toUnixTimestamp64Milli(peak_at) AS peak_ms, score, threshold, contributions,
      model, terms, title, state, rank
    FROM moments_all WHERE startsWith(highlight_id, ${sqlText(id)})
      OR highlight_id IN (SELECT highlight_id FROM clips WHERE startsWith(clip_id, ${sqlText(id)}))
    ORDER BY run = 'live' DESC, run, highlight_id`);
  const [row] = rows;
  if (row === undefined) {
    throw new CliptideError('usage', `there is no highlight ${id}, and no clip`, {
      hint: '"cliptide sql \'SELECT highlight_id, peak_at, title FROM moments\'" lists them; --data names another data folder',
    });
  }
  const ids = [...new Set(rows.map(({ highlight_id }) => String(highlight_id)))];
  if (ids.length > 1) {
    throw new CliptideError('usage', `${id} is the beginning of the ids of ${ids.length} highlights or their clips`, {
      hint: `give more of it, or one of these: ${ids.slice(0, mostNamed).join(', ')}`,
    });
  }
  return { ...highlightOf(row), ...(await ofBroadcast(ask, row)) };
}

const highlightOf = (row: ResultRow): Omit<HighlightRecord, 'zeroMs'> => ({
  highlightId: String(row.highlight_id),
  run: String(row.run),
  streamId: String(row.stream_id),
  peakMs: Number(row.peak_ms),
  score: Number(row.score),
  threshold: row.threshold === null ? null : Number(row.threshold),
  contributions: (row.contributions ?? {}) as Readonly<Record<string, number>>,
  model: String(row.model),
  terms: (row.terms ?? []) as readonly string[],
  title: String(row.title ?? ''),
  state: String(row.state ?? ''),
  rank: row.rank === null ? null : Number(row.rank),
});

/** Zero and final rank, which the end of the broadcast has brought. */
async function ofBroadcast(ask: Ask, row: ResultRow): Promise<Pick<HighlightRecord, 'zeroMs' | 'rank'>> {
  const where = `run = ${sqlText(String(row.run))} AND stream_id = ${sqlText(String(row.stream_id))}`;
  const [stream] = await ask(`SELECT toUnixTimestamp64Milli(zero_at) AS zero_ms FROM streams FINAL WHERE ${where}`);
  const peakMs = Number(row.peak_ms);
  const [ranked] = await ask(`
    SELECT rank, abs(toUnixTimestamp64Milli(peak_at) - ${peakMs}) AS away FROM rankings FINAL
    WHERE ${where} AND away <= ${momentSec * 1_000} ORDER BY away LIMIT 1`);
  return {
    zeroMs: stream === undefined ? null : Number(stream.zero_ms),
    rank: ranked === undefined ? (row.rank === null ? null : Number(row.rank)) : Number(ranked.rank),
  };
}
