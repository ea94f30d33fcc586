import type { Attempt, DeadLetter, Gap, RenderedClip } from '../../domain/records.gen.ts';
import { moment, rowVersion, type TableRow } from './values.ts';

/** Where a key of the clip store is to be found. */
export type ClipAddress = (key: string) => string;

/** A clip; one that was done in a second try replaces the failure of the first. */
export function clipRow(clip: RenderedClip, offset: number, address: ClipAddress | undefined): TableRow {
  return [
    'clips',
    {
      run: clip.run,
      channel_id: clip.channelId,
      stream_id: clip.streamId,
      highlight_id: clip.highlightId,
      clip_id: clip.clipId,
      task_id: clip.taskId,
      revision: clip.revision,
      preset: clip.preset,
      outcome: clip.outcome,
      error: clip.error,
      title: clip.title,
      rank: clip.rank,
      start_at: moment(clip.startMs),
      peak_at: moment(clip.peakMs),
      end_at: moment(clip.endMs),
      on_disk_at: moment(clip.onDiskAtMs),
      head_ms: clip.headMs,
      duration_ms: clip.durationMs,
      bytes: clip.bytes,
      sha256: clip.sha256,
      video: clip.video,
      poster: clip.poster,
      ...(address === undefined || clip.video === '' ? {} : { file: address(clip.video) }),
      bytes_fetched: clip.bytesFetched,
      bytes_needed: clip.bytesNeeded,
      cpu_seconds: clip.cpuSeconds,
      wall_ms: clip.wallMs,
      version: rowVersion(clip.outcome === 'done' ? 1 : 0, offset),
    },
  ];
}

export function attemptRow(attempt: Attempt, offset: number): TableRow {
  return [
    'attempts',
    {
      run: attempt.run,
      channel_id: attempt.channelId,
      stream_id: attempt.streamId,
      highlight_id: attempt.highlightId,
      task_id: attempt.taskId,
      attempt_id: attempt.attemptId,
      role: attempt.role,
      node_id: attempt.nodeId,
      number: attempt.number,
      outcome: attempt.outcome,
      error: attempt.error,
      started_at: moment(attempt.startedAtMs),
      wall_ms: attempt.wallMs,
      cpu_seconds: attempt.cpuSeconds,
      bytes_fetched: attempt.bytesFetched,
      cost_micros: attempt.costMicros,
      version: rowVersion(0, offset),
    },
  ];
}

/** Where and why; the record itself, which may be somebody's chat, stays in its topic. */
export function deadLetterRow(letter: DeadLetter, run: string): TableRow {
  return [
    'dead_letters',
    {
      run,
      stage: letter.stage,
      topic: letter.topic,
      partition: letter.partition,
      offset: letter.offset,
      key: letter.key,
      stream_id: letter.streamId,
      code: letter.code,
      reason: letter.reason,
      headers: letter.headers,
      value_bytes: letter.valueBytes,
      at: moment(letter.atMs),
    },
  ];
}

/** Records that were lost to a stage and given up. */
export function gapRow(gap: Gap): TableRow {
  return [
    'gaps',
    {
      run: gap.run,
      stage: gap.stage,
      topic: gap.topic,
      partition: gap.partition,
      from_offset: gap.fromOffset,
      to_offset: gap.toOffset,
      records: gap.toOffset - gap.fromOffset,
      actor: gap.actor,
      at: moment(gap.atMs),
    },
  ];
}
