import type { RunEvent, StreamRanking, StreamSecond } from '../../domain/records.gen.ts';
import { moment, optionalMoment, type TableRow } from './values.ts';

export function secondRow(second: StreamSecond): TableRow {
  return [
    'seconds',
    {
      run: second.run,
      channel_id: second.channelId,
      stream_id: second.streamId,
      at: moment(second.atMs),
      messages: second.messages,
      score: second.score,
      threshold: second.threshold,
      viewers: second.viewers,
    },
  ];
}

/** A broadcast's fates and its ranking, a row for each rank. */
export function rankingRows(ranking: StreamRanking): readonly TableRow[] {
  const stream = { run: ranking.run, channel_id: ranking.channelId, stream_id: ranking.streamId };
  const { fates } = ranking;
  const summary: TableRow = [
    'streams',
    {
      ...stream,
      model: ranking.model,
      zero_at: moment(ranking.zeroAtMs),
      first_at: optionalMoment(ranking.firstMs),
      last_at: optionalMoment(ranking.lastMs),
      read: fates.read,
      processed: fates.processed,
      late: fates.late,
      duplicate: fates.duplicate,
      dead_lettered: fates.deadLettered,
      ignored: fates.ignored,
    },
  ];
  const ranked = ranking.candidates.map(
    (candidate): TableRow => [
      'rankings',
      {
        ...stream,
        rank: candidate.rank,
        highlight_id: candidate.highlightId,
        emitted: candidate.emitted,
        start_at: moment(candidate.startMs),
        peak_at: moment(candidate.peakMs),
        end_at: moment(candidate.endMs),
        score: candidate.score,
        contributions: candidate.contributions,
      },
    ],
  );
  return [summary, ...ranked];
}

export function runRow(event: RunEvent): TableRow {
  return [
    'runs',
    {
      run: event.run,
      node_id: event.nodeId,
      kind: event.kind,
      at: moment(event.atMs),
      code_version: event.version,
      model: event.model,
    },
  ];
}
