import type { SourceItem } from '../../../ports/source.ts';
import { type Author, chatEvent, deletionEvent, modeEvent, supportEvent, withoutAction } from '../events.ts';
import { GiftBombs } from '../giftbombs.ts';
import { type IrcLine, ircMessages, parseIrcLine, tagOf } from '../ircline.ts';
import {
  type EventTime,
  eventItem,
  ignoredItem,
  type Mapped,
  mapRecord,
  type RecordMapper,
  Unusable,
} from '../items.ts';
import { moneyOf, moneyOfBits } from '../money.ts';
import { rolesOf } from '../roles.ts';
import { clockTime, numberOf } from '../times.ts';
import { hostEvent } from '../twitchhost.ts';
import { noticeEvent } from '../twitchnotice.ts';

type IrcEvent = Extract<SourceItem, { kind: 'event' }>['event'];

/** Whether a line is an IRC line of Twitch. */
export function isIrcLine(line: string): boolean {
  return line.includes('tmi.twitch.tv') && ircMessages(line).some((part) => parseIrcLine(part, false) !== undefined);
}

export function isHistorical(line: string): boolean {
  return line.includes('historical=1');
}

/**
 * Raw IRC lines with Twitch's tags; clock times from `tmi-sent-ts`, which may step backward. `historical` lines repeat
 * what was said before the recording and are ignored, unless the file is nothing else (`keepHistorical`); lines of a
 * shared chat's other channels (`source-room-id`) are ignored.
 */
export function ircMapper(keepHistorical: boolean): RecordMapper<string> {
  const state: IrcState = { keepHistorical, bombs: new GiftBombs(), lastTime: undefined };
  return (text, position) =>
    ircMessages(text).flatMap((message, index) => {
      const map = (part: string): Mapped => messageItems(part, index > 0, position, state);
      return mapRecord(map, message, position, () => Buffer.from(message), '');
    });
}

function messageItems(text: string, glued: boolean, position: number, state: IrcState): Mapped {
  const line = parseIrcLine(text, glued);
  if (line !== undefined) return [itemOf(line, position, state)];
  return text.startsWith('#') ? [ignoredItem(position, 'a comment')] : 'the line is no IRC line';
}

interface IrcState {
  readonly keepHistorical: boolean;
  readonly bombs: GiftBombs;
  /** For kinds that carry no time of their own. */
  lastTime: EventTime | undefined;
}

function itemOf(line: IrcLine, position: number, state: IrcState): SourceItem {
  const foreign = tagOf(line, 'source-room-id');
  if (foreign !== '' && foreign !== tagOf(line, 'room-id'))
    return ignoredItem(position, 'shared chat of another channel');
  if (!state.keepHistorical && tagOf(line, 'historical') === '1')
    return ignoredItem(position, 'a repeated historical line');
  const event = eventOf(line, state);
  if (typeof event === 'string') return ignoredItem(position, event);
  const time = timeOf(line, state);
  if (time === undefined) return ignoredItem(position, `${line.command} before the first time`);
  return eventItem(position, time, tagOf(line, 'id'), event);
}

function timeOf(line: IrcLine, state: IrcState): EventTime | undefined {
  if (line.command === 'ROOMSTATE' || isJtv(line)) return state.lastTime;
  state.lastTime = clockTime(
    numberOf(tagOf(line, 'tmi-sent-ts') || tagOf(line, 'rm-received-ts')),
    'the tag tmi-sent-ts',
  );
  return state.lastTime;
}

function eventOf(line: IrcLine, state: IrcState): IrcEvent | string {
  if (isJtv(line)) return hostEvent(line.trailing);
  if (line.command === 'PRIVMSG') return messageEvent(line);
  if (line.command === 'USERNOTICE') return userNotice(line, state.bombs);
  if (line.command === 'CLEARMSG') return deletionEvent(tagOf(line, 'target-msg-id'), '');
  if (line.command === 'CLEARCHAT') {
    const user = tagOf(line, 'target-user-id') || line.trailing;
    return user === '' ? 'the whole chat was cleared' : deletionEvent('', user);
  }
  return line.command === 'ROOMSTATE' ? modeChange(line) : `system line ${line.command}`;
}

/** Twitch itself, speaking without tags; a line that is glued to another one may be a chatter's forgery. */
const isJtv = (line: IrcLine): boolean => line.command === 'PRIVMSG' && line.nick === 'jtv' && !line.glued;

function authorOf(line: IrcLine): Author {
  const login = tagOf(line, 'login') || line.nick;
  const badges = line.glued ? '' : tagOf(line, 'badges');
  const names = badges === '' ? [] : badges.split(',').map((badge) => badge.slice(0, badge.indexOf('/')));
  return { user: tagOf(line, 'user-id') || login, roles: rolesOf(names, login) };
}

function messageEvent(line: IrcLine): IrcEvent {
  const author = authorOf(line);
  const bits = numberOf(tagOf(line, 'bits')) ?? 0;
  if (bits > 0) return supportEvent(author.user, 'cheer', 1, moneyOfBits(bits));
  const paid = numberOf(tagOf(line, 'pinned-chat-paid-amount')) ?? 0;
  if (paid > 0) {
    const exponent = numberOf(tagOf(line, 'pinned-chat-paid-exponent')) ?? 0;
    const money = moneyOf(paid / 10 ** exponent, tagOf(line, 'pinned-chat-paid-currency'));
    return supportEvent(author.user, 'superchat', 1, money);
  }
  const text = withoutAction(line.trailing);
  return chatEvent(author, text, emotesOf(tagOf(line, 'emotes'), text));
}

function userNotice(line: IrcLine, bombs: GiftBombs): IrcEvent | string {
  const param = (name: string): string => tagOf(line, `msg-param-${name}`);
  const author = authorOf(line);
  const id = tagOf(line, 'msg-id');
  if (id === '') throw new Unusable('USERNOTICE without the tag msg-id');
  return noticeEvent({ id, author, login: tagOf(line, 'login'), text: line.trailing, param }, bombs);
}

const modes: readonly (readonly [tag: string, mode: string])[] = [
  ['emote-only', 'emoteOnly'],
  ['followers-only', 'followersOnly'],
  ['slow', 'slow'],
  ['subs-only', 'subscribersOnly'],
];

/** A change names one mode; all of them together are the state that a client gets when it joins. */
function modeChange(line: IrcLine): IrcEvent | string {
  const named = modes.filter(([tag]) => line.tags.includes(`;${tag}=`));
  const [only] = named;
  if (only === undefined || named.length > 1) return 'state of the chat on joining';
  const [tag, mode] = only;
  const value = numberOf(tagOf(line, tag)) ?? 0;
  // followers-only is -1 when it is off, 0 or the minutes of following when it is on.
  const on = mode === 'followersOnly' ? value >= 0 : value > 0;
  return modeEvent(mode, on, mode === 'slow' ? value : 0);
}

/** Names of the emotes that the tag places in the text: `25:0-4,12-16/1902:6-10`, counted in code points. */
function emotesOf(tag: string, text: string): readonly string[] {
  if (tag === '') return [];
  const points = /[\ud800-\udfff]/.test(text) ? Array.from(text) : undefined;
  const names: string[] = [];
  for (const [, from, to] of tag.matchAll(/(\d+)-(\d+)/g)) {
    const end = Number(to) + 1;
    const name = points?.slice(Number(from), end).join('') ?? text.slice(Number(from), end);
    if (name !== '') names.push(name);
  }
  return names;
}
