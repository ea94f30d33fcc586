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
  const ends = { 'in-gap': undefined, 'before-start': clock.oldestEventMs(), 'after-end': clock.newestEventMs() };
  const [moment, end] = told(clock, opened, atMs, ends[why]);
  const places = {
    'in-gap': 'in a gap of the recorded media',
    'before-start': `before the start of the recorded media${end}`,
    'after-end': `after the end of the recorded media${end}`,
  };
  return new CliptideError('media-gone', `this moment${moment} lies ${places[why]}`, {
    hint: 'the recording may be shorter than the chat, its offset wrong, or the dates of the two may differ',
  });
}

/** Both times in brackets, with as many digits as it takes to tell them apart. */
function told(clock: MediaClock, opened: ArchiveOpened, atMs: number, endMs: number | undefined): [string, string] {
  if (opened.clock !== 'offset') return inBrackets(dateTime, atMs, endMs, '');
  const sinceZero: Format = (ms, digits) => clockTime(ms - opened.zeroAtMs, digits);
  if (endMs === undefined || endMs >= opened.zeroAtMs) return inBrackets(sinceZero, atMs, endMs, '');
  // The chat begins after the recording's end: by its own clock the recording would end before zero.
  const answer = clock.toArchiveMs(endMs);
  const lengthMs = answer.kind === 'at' ? answer.archiveMs : endMs - opened.zeroAtMs + opened.offsetMs;
  const by = ` of the recording, with an offset of ${opened.offsetMs / 1000} s`;
  return inBrackets(clockTime, lengthMs + atMs - endMs, lengthMs, by);
}

type Format = (ms: number, digits: number) => string;

function inBrackets(format: Format, atMs: number, endMs: number | undefined, more: string): [string, string] {
  if (endMs === undefined) return [` (${format(atMs, 0)}${more})`, ''];
  const digits = [0, 1].find((count) => format(atMs, count) !== format(endMs, count)) ?? 3;
  return [` (${format(atMs, digits)}${more})`, ` (${format(endMs, digits)})`];
}

/** Hours, minutes and seconds. */
function clockTime(ms: number, digits: number): string {
  const unit = 10 ** digits;
  const units = Math.abs(Math.floor((ms * unit) / 1000));
  const sec = Math.floor(units / unit);
  const two = (value: number): string => String(Math.floor(value) % 60).padStart(2, '0');
  const fraction = digits === 0 ? '' : `.${String(units % unit).padStart(digits, '0')}`;
  return `${ms < 0 ? '-' : ''}${Math.floor(sec / 3600)}:${two(sec / 60)}:${two(sec)}${fraction}`;
}

const dateTime = (ms: number, digits: number): string =>
  `${new Date(ms).toISOString().slice(0, digits === 0 ? 19 : 20 + digits)}Z`;
