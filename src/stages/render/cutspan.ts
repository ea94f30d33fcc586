import { CliptideError } from '../../domain/errors.ts';
import type { MediaClock, MissingSpan, TimeSpan } from '../../domain/mediaclock.ts';
import type { ArchiveOpened, RenderTask } from '../../domain/records.gen.ts';

/** A cut that the archive's ends leave less of is no clip any more. */
const shortestMs = 2_000;

/**
 * The task's span in archive time, less what lies outside the archive for good. Throws `media-gone`, with the times that
 * tell how far off it is, where too little is left, and `unavailable` where the archive still grows to it.
 */
export function spanToCut(
  clock: MediaClock,
  opened: ArchiveOpened,
  task: Pick<RenderTask, 'startMs' | 'endMs' | 'peakMs'>,
): TimeSpan {
  const { span, missing } = clock.spanOf(task.startMs, task.endMs, task.peakMs);
  const later = missing.find(({ final }) => !final);
  if (later !== undefined) throw new CliptideError('unavailable', 'the archive does not hold all of this moment yet');
  const withPeak = missing.find(({ fromMs, toMs }) => task.peakMs >= fromMs && task.peakMs < toMs);
  if (span !== undefined && withPeak === undefined && span.toMs - span.fromMs >= shortestMs) return span;
  // Of several the one that matters most: without the peak there is nothing to show.
  const lost = withPeak ?? missing.toSorted((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs))[0];
  const atMs = withPeak === undefined && lost !== undefined ? lost.fromMs : task.peakMs;
  throw notRecorded(clock, opened, lost?.why ?? 'after-end', atMs);
}

/** Says when: where dates are the map, by these; else from the chat's zero on. */
function notRecorded(clock: MediaClock, opened: ArchiveOpened, why: MissingSpan['why'], atMs: number): CliptideError {
  const said = (ms: number | undefined): string => {
    if (ms === undefined) return '';
    return opened.clock === 'offset' ? ` (${clockTime(ms - opened.zeroAtMs)})` : ` (${dateTime(ms)})`;
  };
  const places = {
    'in-gap': 'in a gap of the recorded media',
    'before-start': `before the start of the recorded media${said(clock.oldestEventMs())}`,
    'after-end': `after the end of the recorded media${said(clock.newestEventMs())}`,
  };
  return new CliptideError('media-gone', `this moment${said(atMs)} lies ${places[why]}`, {
    hint: 'the recording may be shorter than the chat, its offset wrong, or the dates of the two may differ',
  });
}

/** Hours, minutes and seconds. */
function clockTime(ms: number): string {
  const sec = Math.abs(Math.floor(ms / 1000));
  const two = (value: number): string => String(Math.floor(value) % 60).padStart(2, '0');
  return `${ms < 0 ? '-' : ''}${Math.floor(sec / 3600)}:${two(sec / 60)}:${two(sec)}`;
}

const dateTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
