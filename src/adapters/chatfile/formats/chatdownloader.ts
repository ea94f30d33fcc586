import type { SourceEvent } from '../../../ports/source.ts';
import { downloadedEvent } from '../downloadedevent.ts';
import { GiftBombs } from '../giftbombs.ts';
import { type EventTime, eventItem, ignoredItem, type RecordMapper, Unusable } from '../items.ts';
import { firstText, isObject, type JsonObject } from '../json.ts';
import { RememberedIds } from '../rememberedids.ts';
import { clockTime, numberOf, offsetTime, secondsOfText } from '../times.ts';

/** Whether a value is an item of chat-downloader. */
export function isDownloadedItem(value: unknown): boolean {
  if (!isObject(value)) return false;
  const timed = 'time_in_seconds' in value || 'time_text' in value || 'timestamp' in value;
  return timed && ('message' in value || 'message_type' in value) && !('content_offset_seconds' in value);
}

/**
 * Items of chat-downloader: those of 2020 (`author` is a string, money is `amount`, no types) and later ones. A replay
 * has `time_in_seconds` (int or float), a live recording only `timestamp` (microseconds since 1970).
 */
export function chatDownloaderMapper(): RecordMapper<JsonObject> {
  const times = new DownloadedTimes();
  const seen: Seen = { bombs: new GiftBombs(), ids: new RememberedIds(rememberedIds) };
  return (item, position) => {
    const event = eventOf(item, seen);
    if (typeof event === 'string') return [ignoredItem(position, event)];
    const id = firstText(item.message_id);
    if (id !== '') seen.ids.add(id);
    return [eventItem(position, times.of(item), id, event)];
  };
}

interface Seen {
  readonly bombs: GiftBombs;
  /** Messages whose text may still be swapped. */
  readonly ids: RememberedIds;
}

const rememberedIds = 10_000;

/** A swapped text is new only where the message was held back before: chat-downloader leaves out what holds its place. */
function eventOf(item: JsonObject, { bombs, ids }: Seen): SourceEvent | string {
  const copied = numberOf(item.ticker_duration) !== undefined || firstText(item.message_type).startsWith('ticker_');
  if (copied) return 'a ticker, which repeats a counted item';
  const swapped = item.action_type === 'replace_chat_item' && ids.has(firstText(item.message_id));
  return swapped ? 'new text of a counted message' : downloadedEvent(item, bombs);
}

/** Gives the records of one file times of one kind: the kind that its first record has. */
class DownloadedTimes {
  #kind: 'offset' | 'clock' | undefined;
  #last: EventTime | undefined;

  of(item: JsonObject): EventTime {
    this.#last = this.#read(item);
    return this.#last;
  }

  #read(item: JsonObject): EventTime {
    const seconds = numberOf(item.time_in_seconds) ?? secondsOfText(item.time_text);
    const microseconds = numberOf(item.timestamp);
    this.#kind ??= seconds === undefined && microseconds !== undefined ? 'clock' : 'offset';
    if (this.#kind === 'offset' && seconds !== undefined) return offsetTime(seconds * 1000, 'time_in_seconds');
    if (this.#kind === 'clock' && microseconds !== undefined) return clockTime(microseconds / 1000, 'timestamp');
    // Deletions and bans come without a time; they happened when the record before them did.
    if (this.#last !== undefined) return this.#last;
    throw new Unusable(this.#kind === 'clock' ? 'timestamp is missing' : 'time_in_seconds is missing');
  }
}
