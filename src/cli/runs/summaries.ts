import { nearest } from '../../config/nearest.ts';
import { CliptideError } from '../../domain/errors.ts';
import type { ResultRow } from '../../ports/results.ts';
import type { Ask } from './asking.ts';

/**
 * `running`: a process is at it; `complete`: a backfill has done all of its broadcasts; `stopped`: a backfill that was
 * broken off, or a live pipeline that does not run now.
 */
export type RunStateName = 'running' | 'complete' | 'stopped';

export interface RunSummary {
  readonly run: string;
  readonly state: RunStateName;
  /** ISO 8601; null where no process has said so. */
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** Versions of the scorer. */
  readonly models: readonly string[];
  /** Broadcasts that it has scored to their end, oldest first. */
  readonly streams: readonly string[];
  readonly events: number;
  readonly highlights: number;
  readonly clips: number;
}

/** Every run that the results know, the latest last. `isOwned`: whether a process can be at work here. */
export async function runSummaries(ask: Ask, isOwned: boolean): Promise<readonly RunSummary[]> {
  const news = await ask(
    "SELECT run, node_id, kind, toUnixTimestamp64Milli(at) AS at_ms FROM runs FINAL ORDER BY at, if(kind = 'ended', 1, 0)",
  );
  const streams = await ask(
    'SELECT run, stream_id, model, read, toUnixTimestamp64Milli(zero_at) AS zero_ms FROM streams FINAL ORDER BY zero_at, stream_id',
  );
  const highlights = await ask('SELECT run, count() AS found FROM detections FINAL GROUP BY run');
  const clips = await ask("SELECT run, countIf(outcome = 'done') AS found FROM clips FINAL GROUP BY run");
  const names = new Set([news, streams, highlights].flatMap((rows) => rows.map(({ run }) => String(run))));
  const counted = (rows: readonly ResultRow[], run: string): number =>
    Number(rows.find((row) => row.run === run)?.found ?? 0);
  const summaries = [...names].map((run) => {
    const own = streams.filter((row) => row.run === run);
    return {
      run,
      ...timesOf(
        news.filter((row) => row.run === run),
        isOwned,
      ),
      models: [...new Set(own.map(({ model }) => String(model)))],
      streams: own.map((row) => String(row.stream_id)),
      events: own.reduce((sum, { read }) => sum + Number(read), 0),
      highlights: counted(highlights, run),
      clips: counted(clips, run),
    };
  });
  return summaries.sort((a, b) => ((a.startedAt ?? '') < (b.startedAt ?? '') ? -1 : 1));
}

function timesOf(news: readonly ResultRow[], isOwned: boolean): Pick<RunSummary, 'state' | 'startedAt' | 'endedAt'> {
  const last = new Map(news.map((row) => [String(row.node_id), String(row.kind)]));
  const isAtWork = isOwned && [...last.values()].some((kind) => kind === 'started');
  const isComplete = news.some(({ kind }) => kind === 'completed');
  const state = isComplete ? 'complete' : isAtWork ? 'running' : 'stopped';
  const iso = (row: ResultRow | undefined): string | null =>
    row === undefined ? null : new Date(Number(row.at_ms)).toISOString();
  const ended = news.findLast(({ kind }) => kind === 'ended' || kind === 'completed');
  return {
    state,
    startedAt: iso(news.find(({ kind }) => kind === 'started')),
    endedAt: state === 'running' ? null : iso(ended),
  };
}

/** Throws `usage` with the nearest right name for a run that there is not. */
export function runNamed(name: string, runs: readonly RunSummary[]): RunSummary {
  const found = runs.find(({ run }) => run === name);
  if (found !== undefined) return found;
  const names = runs.map(({ run }) => run);
  const near = nearest(name, names);
  throw new CliptideError('usage', `there is no run ${name}${near === undefined ? '' : `; did you mean ${near}?`}`, {
    hint: names.length === 0 ? 'the results are empty' : `there are: ${names.join(', ')}`,
  });
}
