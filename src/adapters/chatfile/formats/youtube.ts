import type { SourceEvent, SourceItem } from '../../../ports/source.ts';
import { deletionEvent } from '../events.ts';
import { type EventTime, eventItem, ignoredItem, type RecordMapper } from '../items.ts';
import { arrayOf, isObject, type JsonObject, objectAt, textOf } from '../json.ts';
import { RememberedIds } from '../rememberedids.ts';
import { numberOf, offsetTime, secondsOfText } from '../times.ts';
import { youtubeBannerEvent, youtubeItemEvent } from '../youtubeitem.ts';
import { YoutubeModes } from '../youtubemodes.ts';

/** Whether a value is a line of yt-dlp's `live_chat.json`. */
export function isYoutubeRecord(value: unknown): boolean {
  return isObject(value) && isObject(value.replayChatItemAction);
}

interface YoutubeState {
  /** Clock time of the zero, by the last record with both times: for records without an offset. */
  zeroAtMs: number | undefined;
  /** Items that were held back; a replacement of one of them is the first time that its text is seen. */
  readonly placeholders: RememberedIds;
  readonly modes: YoutubeModes;
}

const rememberedPlaceholders = 10_000;

/**
 * Lines of yt-dlp's `live_chat.json` (its downloader/youtube_live_chat.py). A replay has `videoOffsetTimeMsec` inside
 * `replayChatItemAction`; a live recording has it beside it, with zero where the download began.
 */
export function youtubeMapper(): RecordMapper<JsonObject> {
  const placeholders = new RememberedIds(rememberedPlaceholders);
  const state: YoutubeState = { zeroAtMs: undefined, placeholders, modes: new YoutubeModes() };
  return (record, position) => {
    const replay = objectAt(record, 'replayChatItemAction');
    if (replay === undefined) return [ignoredItem(position, 'no chat action')];
    const offsetMs = numberOf(replay.videoOffsetTimeMsec) ?? numberOf(record.videoOffsetTimeMsec);
    const items = arrayOf(replay.actions)
      .filter(isObject)
      .map((action) => itemOf(action, offsetMs, position, state));
    const used = items.filter((item) => item.kind !== 'ignored');
    if (used.length > 0) return used;
    return [items[0] ?? ignoredItem(position, 'no chat action')];
  };
}

interface Seen {
  readonly event: SourceEvent | string;
  /** The item's renderer, with its id and times; empty for actions without an item. */
  readonly renderer: JsonObject;
}

function itemOf(action: JsonObject, offsetMs: number | undefined, position: number, state: YoutubeState): SourceItem {
  const { event, renderer } = seenIn(action, state);
  if (typeof event === 'string') return ignoredItem(position, event);
  return eventItem(position, timeOf(renderer, offsetMs, state), textOf(renderer.id), event);
}

/**
 * Messages from before the start have offset 0 in a replay and their time as text only ("-12:34"); a record without
 * an offset is placed by its clock time, where an earlier record told the clock time of the zero.
 */
function timeOf(renderer: JsonObject, offsetMs: number | undefined, state: YoutubeState): EventTime {
  const clockUs = numberOf(renderer.timestampUsec);
  const shown = secondsOfText(objectAt(renderer, 'timestampText')?.simpleText);
  const before = offsetMs === 0 && shown !== undefined && shown < 0;
  if (offsetMs !== undefined && !before) {
    if (clockUs !== undefined) state.zeroAtMs = clockUs / 1000 - offsetMs;
    return offsetTime(offsetMs, 'videoOffsetTimeMsec');
  }
  if (shown !== undefined) return offsetTime(shown * 1000, 'timestampText');
  const known = clockUs !== undefined && state.zeroAtMs !== undefined;
  return offsetTime(known ? clockUs / 1000 - (state.zeroAtMs ?? 0) : undefined, 'videoOffsetTimeMsec');
}

function seenIn(action: JsonObject, state: YoutubeState): Seen {
  const added = objectAt(action, 'addChatItemAction', 'item');
  if (added !== undefined) return addedItem(added, state);
  const swapped = objectAt(action, 'replaceChatItemAction');
  if (swapped !== undefined) return swappedItem(swapped, state);
  const banner = objectAt(action, 'addBannerToLiveChatCommand', 'bannerRenderer', 'liveChatBannerRenderer');
  const event = removal(action) ?? (banner === undefined ? otherAction(action) : youtubeBannerEvent(banner));
  return { event, renderer: {} };
}

function rendered(item: JsonObject | undefined): { readonly name: string; readonly renderer: JsonObject } {
  const name = Object.keys(item ?? {}).find((key) => isObject(item?.[key])) ?? '';
  return { name, renderer: objectAt(item, name) ?? {} };
}

function addedItem(item: JsonObject, state: YoutubeState): Seen {
  const { name, renderer } = rendered(item);
  if (name === 'liveChatModeChangeMessageRenderer') return { event: state.modes.changed(renderer), renderer };
  if (name !== 'liveChatPlaceholderItemRenderer') return { event: youtubeItemEvent(name, renderer), renderer };
  state.placeholders.add(textOf(renderer.id));
  return { event: 'an item that is held back', renderer };
}

/** The text of a message that was counted is not counted again; that of one that was held back is. */
function swappedItem(action: JsonObject, state: YoutubeState): Seen {
  const { name, renderer } = rendered(objectAt(action, 'replacementItem'));
  const wasHeld = state.placeholders.take(textOf(action.targetItemId));
  if (!wasHeld || name === 'liveChatPlaceholderItemRenderer')
    return { event: 'new text of a counted message', renderer };
  return { event: youtubeItemEvent(name, renderer), renderer };
}

function removal(action: JsonObject): SourceEvent | undefined {
  const one = objectAt(action, 'removeChatItemAction') ?? objectAt(action, 'markChatItemAsDeletedAction');
  if (one !== undefined) return deletionEvent(textOf(one.targetItemId), '');
  const all =
    objectAt(action, 'removeChatItemByAuthorAction') ?? objectAt(action, 'markChatItemsByAuthorAsDeletedAction');
  return all === undefined ? undefined : deletionEvent('', textOf(all.externalChannelId));
}

function otherAction(action: JsonObject): string {
  if (isObject(action.addLiveChatTickerItemAction)) return 'a ticker, which repeats a counted item';
  const name = Object.keys(action).find((key) => key !== 'clickTrackingParams') ?? 'none';
  return `action ${name}`;
}
