import type { SourceItem } from '../../../ports/source.ts';
import { type Author, chatEvent, supportEvent } from '../events.ts';
import { GiftBombs } from '../giftbombs.ts';
import { eventItem, ignoredItem, type RecordMapper } from '../items.ts';
import { arrayOf, firstText, isObject, type JsonObject, objectAt, textOf } from '../json.ts';
import { moneyOfBits } from '../money.ts';
import { rolesOf } from '../roles.ts';
import { numberOf, offsetTime } from '../times.ts';
import { noticeOfBody } from '../twitchbody.ts';
import { noticeEvent } from '../twitchnotice.ts';

/** Whether a value is a Twitch comment as TwitchDownloader and tcd write it (API v5's shape). */
export function isTwitchComment(value: unknown): boolean {
  return isObject(value) && 'content_offset_seconds' in value && 'message' in value;
}

/** Notice ids that only mark an ordinary message. */
const plainNotices: ReadonlySet<string> = new Set(['', 'highlighted-message', 'skip-subs-mode-message']);

/**
 * Comments of TwitchDownloader (old and new) and tcd. Times are `content_offset_seconds`: `created_at` of a highlight
 * is when it was copied. `fragments`, `user_badges`, `commenter` and `body` may be null.
 */
export function twitchCommentMapper(): RecordMapper<JsonObject> {
  const bombs = new GiftBombs();
  return (comment, position) => {
    if (comment.source === 'comment') return [ignoredItem(position, 'written below the recording, not live')];
    const seconds = numberOf(comment.content_offset_seconds);
    const time = offsetTime(seconds === undefined ? undefined : seconds * 1000, 'content_offset_seconds');
    const message = objectAt(comment, 'message');
    if (message === undefined) return 'message is missing';
    const event = commentEvent(comment, message, bombs);
    if (typeof event === 'string') return [ignoredItem(position, event)];
    return [eventItem(position, time, textOf(comment._id), event)];
  };
}

type CommentEvent = Extract<SourceItem, { kind: 'event' }>['event'] | string;

function commentEvent(comment: JsonObject, message: JsonObject, bombs: GiftBombs): CommentEvent {
  const commenter = objectAt(comment, 'commenter') ?? {};
  const author = authorOf(commenter, message);
  const text = bodyOf(message);
  const bits = numberOf(message.bits_spent) ?? 0;
  if (bits > 0) return supportEvent(author.user, 'cheer', 1, moneyOfBits(bits));
  const params = objectAt(message, 'user_notice_params') ?? {};
  const id = firstText(params['msg-id'], params.msg_id);
  if (plainNotices.has(id)) {
    const name = textOf(commenter.display_name);
    return noticeOfBody(name, author.user, text, bombs) ?? chatEvent(author, text, emotesOf(message));
  }
  const param = (name: string): string => textOf(params[`msg-param-${name}`]);
  return noticeEvent({ id, author, login: textOf(commenter.name), text, param }, bombs);
}

function authorOf(commenter: JsonObject, message: JsonObject): Author {
  const badges = arrayOf(message.user_badges).map((badge) => textOf(objectAt(badge)?._id));
  return {
    user: firstText(commenter._id, commenter.name, commenter.display_name),
    roles: rolesOf(badges, textOf(commenter.name)),
  };
}

function bodyOf(message: JsonObject): string {
  if (typeof message.body === 'string') return textOf(message.body);
  return arrayOf(message.fragments)
    .map((fragment) => textOf(objectAt(fragment)?.text))
    .join('');
}

function emotesOf(message: JsonObject): readonly string[] {
  const emotes: string[] = [];
  for (const fragment of arrayOf(message.fragments)) {
    if (isObject(fragment) && isObject(fragment.emoticon)) emotes.push(textOf(fragment.text).trim());
  }
  return emotes;
}
