import type { ArchiveEvent, ArchiveSegment } from '../../domain/records.gen.ts';
import type { StreamState } from './state.ts';

/** Keeps up to which event time media is archived; the exact map is the media clock's, which the workers ask. */
export function onArchived(stream: StreamState, event: ArchiveEvent): void {
  const opened = event.opened;
  if (opened !== null) {
    stream.archive = { clock: opened.clock, zeroAtMs: opened.zeroAtMs, offsetMs: opened.offsetMs };
    if (opened.durationMs !== null) stream.archivedUntilMs = opened.zeroAtMs + opened.durationMs - opened.offsetMs;
  }
  if (event.segment !== null && stream.archive !== null) {
    stream.archivedUntilMs = Math.max(stream.archivedUntilMs ?? 0, endOf(event.segment, stream.archive));
  }
  if (event.ended !== null) stream.archiveEnded = true;
}

function endOf(segment: ArchiveSegment, archive: NonNullable<StreamState['archive']>): number {
  if (archive.clock === 'programDateTime' && segment.programDateTimeMs !== null) {
    return segment.programDateTimeMs + segment.durationMs;
  }
  return archive.zeroAtMs + segment.startMs + segment.durationMs - archive.offsetMs;
}
