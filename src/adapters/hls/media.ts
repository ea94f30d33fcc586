import { attributesOf } from './attributes.ts';
import { dateTimeMs } from './datetime.ts';
import { KeysInForce } from './keys.ts';
import { beyond, type PlaylistLine } from './lines.ts';
import type { ByteRange, MediaPlaylist, PlaylistKey, PlaylistSegment } from './playlist.ts';

/** More than any broadcast has; bounds what a hostile playlist makes us hold. */
const mostSegments = 500_000;
/** One behind each advertisement of a day, and then some. */
const mostInits = 10_000;
const defaultTargetMs = 6_000;

interface Range {
  readonly length: number;
  readonly offset: number | undefined;
}

/** What the tags so far say of the next segment. */
interface Pending {
  duration: number | undefined;
  range: Range | undefined;
  dateTime: number | null;
  discontinuity: boolean;
  gap: boolean;
}

const nothing = (): Pending => ({
  duration: undefined,
  range: undefined,
  dateTime: null,
  discontinuity: false,
  gap: false,
});

/**
 * Reads a media playlist (RFC 8216) as recorders really write them: a missing or negative duration counts as the
 * target duration, a missing sequence as 0, a playlist of type VOD as ended. Low-latency parts are left out, since
 * their segment follows. `m3u8-parser` is not used: it knows no EXT-X-GAP, carries implied byte offsets over to other
 * resources, and drops keys that it does not know, where they must be refused. Throws `media` what is encrypted otherwise
 * than with AES-128.
 */
export function parseMedia(lines: readonly PlaylistLine[], where: string): MediaPlaylist {
  return new MediaReader(where).read(lines);
}

class MediaReader {
  readonly #where: string;
  readonly #segments: PlaylistSegment[] = [];
  readonly #keys: KeysInForce;
  #pending = nothing();
  #init: ByteRange | null = null;
  #inits = 0;
  #last: ByteRange | undefined;
  #targetMs = 0;
  #mediaSequence = 0;
  #discontinuities = 0;
  #ended = false;
  #keepsAll = false;

  constructor(where: string) {
    this.#where = where;
    this.#keys = new KeysInForce(where);
  }

  read(lines: readonly PlaylistLine[]): MediaPlaylist {
    this.#targetMs = targetOf(lines);
    this.#mediaSequence = sequenceOf(lines);
    for (const line of lines) {
      if (line.kind === 'uri') this.#segment(line.uri);
      else this.#tag(line.name, line.value);
    }
    return {
      kind: 'media',
      targetDurationMs: this.#targetMs,
      mediaSequence: this.#mediaSequence,
      segments: this.#segments,
      ended: this.#ended,
      slides: !this.#ended && !this.#keepsAll && this.#mediaSequence > 0,
    };
  }

  #tag(name: string, value: string): void {
    const pending = this.#pending;
    if (name === '#EXTINF') pending.duration = Number.parseFloat(value);
    else if (name === '#EXT-X-BYTERANGE') pending.range = rangeOf(value);
    else if (name === '#EXT-X-PROGRAM-DATE-TIME') pending.dateTime = dateTimeMs(value);
    else if (name === '#EXT-X-GAP') pending.gap = true;
    else if (name === '#EXT-X-MAP') this.#map(value);
    else if (name === '#EXT-X-KEY') this.#keys.take(value);
    else if (name === '#EXT-X-DISCONTINUITY-SEQUENCE') this.#discontinuities = wholeNumber(value);
    else if (name === '#EXT-X-DISCONTINUITY') pending.discontinuity = true;
    else if (name === '#EXT-X-ENDLIST') this.#ended = true;
    else if (name === '#EXT-X-PLAYLIST-TYPE') this.#type(value.toUpperCase());
  }

  #type(type: string): void {
    this.#ended ||= type === 'VOD';
    this.#keepsAll ||= type === 'EVENT';
  }

  #map(value: string): void {
    this.#inits += 1;
    if (this.#inits > mostInits) throw beyond(`more than ${mostInits} initialisation sections`, this.#where);
    this.#init = initOf(value, this.#keys.ofInit());
  }

  #segment(uri: string): void {
    const { duration, range, dateTime, discontinuity, gap } = this.#pending;
    if (this.#segments.length >= mostSegments) throw beyond(`more than ${mostSegments} segments`, this.#where);
    if (discontinuity) this.#discontinuities += 1;
    const key = this.#keys.ofSegment(this.#mediaSequence + this.#segments.length);
    const media = { uri, offset: this.#offsetOf(uri, range), length: range?.length ?? null, key };
    this.#segments.push({
      media,
      init: this.#init,
      durationMs: duration !== undefined && isDuration(duration) ? duration * 1_000 : this.#targetMs,
      programDateTimeMs: dateTime,
      discontinuity,
      discontinuitySequence: this.#discontinuities,
      gap,
    });
    this.#last = media;
    this.#pending = nothing();
  }

  /** An offset that is left out continues from the segment before, if that is of the same resource. */
  #offsetOf(uri: string, range: Range | undefined): number | null {
    if (range === undefined) return null;
    if (range.offset !== undefined) return range.offset;
    return this.#last?.uri === uri ? (this.#last.offset ?? 0) + (this.#last.length ?? 0) : 0;
  }
}

/** Of at most a day; what is longer, negative or no number says nothing. */
function isDuration(seconds: number): boolean {
  return seconds >= 0 && seconds <= 86_400;
}

/** It may stand after the first segment, whose duration can depend on it. */
function targetOf(lines: readonly PlaylistLine[]): number {
  for (const line of lines) {
    if (line.kind !== 'tag' || line.name !== '#EXT-X-TARGETDURATION') continue;
    const seconds = Number.parseFloat(line.value);
    if (seconds > 0 && isDuration(seconds)) return seconds * 1_000;
  }
  return defaultTargetMs;
}

/** Keys need it for every segment, so it is looked for before them. */
function sequenceOf(lines: readonly PlaylistLine[]): number {
  const line = lines.find((one) => one.kind === 'tag' && one.name === '#EXT-X-MEDIA-SEQUENCE');
  return line?.kind === 'tag' ? wholeNumber(line.value) : 0;
}

function rangeOf(value: string): Range | undefined {
  const match = /^(\d+)(?:@(\d+))?/.exec(value);
  if (match === null || match[0].length > 30) return undefined;
  return { length: Number(match[1]), offset: match[2] === undefined ? undefined : Number(match[2]) };
}

function initOf(value: string, key: PlaylistKey | null): ByteRange | null {
  const attributes = attributesOf(value);
  const uri = attributes.get('URI');
  if (uri === undefined) return null;
  const range = rangeOf(attributes.get('BYTERANGE') ?? '');
  return range === undefined
    ? { uri, offset: null, length: null, key }
    : { uri, offset: range.offset ?? 0, length: range.length, key };
}

function wholeNumber(value: string): number {
  const number = Number.parseInt(value, 10);
  return number >= 0 && number < 2 ** 52 ? number : 0;
}
