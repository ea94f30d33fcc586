import type { DetectedHighlight, JournalEntry, Moment } from '../../domain/records.gen.ts';
import { moment, rowVersion, type TableRow } from './values.ts';

/** What the scorer sent, which stays, and the highlight as it starts from that: revision 0, which the conductor's replace. */
export function detectedRows(highlight: DetectedHighlight, offset: number): readonly TableRow[] {
  return [detectionRow(highlight), firstRow(highlight, offset)];
}

function detectionRow(highlight: DetectedHighlight): TableRow {
  return [
    'detections',
    {
      run: highlight.run,
      channel_id: highlight.channelId,
      stream_id: highlight.streamId,
      highlight_id: highlight.highlightId,
      start_at: moment(highlight.startMs),
      peak_at: moment(highlight.peakMs),
      end_at: moment(highlight.endMs),
      emitted_at: moment(highlight.emittedAtMs),
      score: highlight.score,
      threshold: highlight.threshold,
      model: highlight.model,
    },
  ];
}

function firstRow(highlight: DetectedHighlight, offset: number): TableRow {
  return [
    'highlights',
    {
      run: highlight.run,
      channel_id: highlight.channelId,
      stream_id: highlight.streamId,
      highlight_id: highlight.highlightId,
      revision: 0,
      start_at: moment(highlight.startMs),
      peak_at: moment(highlight.peakMs),
      end_at: moment(highlight.endMs),
      score: highlight.score,
      detected_at: moment(highlight.emittedAtMs),
      rank: null,
      title: '',
      tags: [],
      terms: highlight.terms.map((term) => term.text),
      contributions: highlight.contributions,
      model: highlight.model,
      version: rowVersion(0, offset),
    },
  ];
}

/** A transition with the time of its append, and the highlight where the transition changes what is known of it. */
export function journalRows(entry: JournalEntry, offset: number, appendedAtMs: number): readonly TableRow[] {
  const revision = entry.fromRevision + 1;
  const transition: TableRow = [
    'transitions',
    {
      run: entry.run,
      channel_id: entry.channelId,
      stream_id: entry.streamId,
      highlight_id: entry.highlightId,
      revision,
      to_state: entry.toState,
      cause: entry.cause,
      actor: entry.actor,
      decided_at: moment(appendedAtMs),
      start_at: entry.highlight === null ? null : moment(entry.highlight.startMs),
      end_at: entry.highlight === null ? null : moment(entry.highlight.endMs),
      reason: entry.reason,
      presets: entry.presets,
      clips: entry.clips,
      version: rowVersion(revision, offset),
    },
  ];
  if (entry.highlight === null) return [transition];
  return [transition, decidedRow(entry, entry.highlight, revision, offset)];
}

function decidedRow(entry: JournalEntry, known: Moment, revision: number, offset: number): TableRow {
  return [
    'highlights',
    {
      run: entry.run,
      channel_id: entry.channelId,
      stream_id: entry.streamId,
      highlight_id: entry.highlightId,
      revision,
      start_at: moment(known.startMs),
      peak_at: moment(known.peakMs),
      end_at: moment(known.endMs),
      score: known.score,
      detected_at: moment(known.detectedAtMs),
      rank: known.rank,
      title: known.title,
      tags: known.tags,
      terms: known.terms.map((term) => term.text),
      contributions: known.contributions,
      model: known.model,
      version: rowVersion(revision, offset),
    },
  ];
}
