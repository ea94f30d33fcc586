import type { SourceEvent } from '../../ports/source.ts';
import { type Author, chatEvent, raidEvent, supportEvent } from './events.ts';
import type { GiftBombs } from './giftbombs.ts';
import { moneyOf } from './money.ts';
import { numberOf } from './times.ts';

/** A Twitch notice (USERNOTICE, or a comment with `user_notice_params`); parameters by name without `msg-param-`. */
export interface Notice {
  readonly id: string;
  readonly author: Author;
  readonly login: string;
  /** What the user wrote with it, or empty. */
  readonly text: string;
  readonly param: (name: string) => string;
}

const subscriptions: ReadonlySet<string> = new Set([
  'sub',
  'resub',
  'extendsub',
  'primepaidupgrade',
  'giftpaidupgrade',
  'anongiftpaidupgrade',
]);

/** Notices that are a person's own words, framed by the platform. */
const spoken: ReadonlySet<string> = new Set(['announcement', 'ritual', 'viewermilestone', 'sharedchatnotice']);

/**
 * The event of a notice (kinds: dev.twitch.tv/docs/chat/irc, USERNOTICE tags), or why there is none. Sub notices with
 * a message are support only.
 */
export function noticeEvent(notice: Notice, bombs: GiftBombs): SourceEvent | string {
  const { id, author } = notice;
  if (subscriptions.has(id)) return supportEvent(author.user, 'subscription');
  if (id === 'submysterygift' || id === 'anonsubmysterygift') return bombEvent(notice, bombs);
  if (id === 'subgift' || id === 'anonsubgift') return giftEvent(notice, bombs);
  if (id === 'raid') {
    return raidEvent(
      notice.param('login') || notice.param('displayName') || notice.login,
      numberOf(notice.param('viewerCount')),
    );
  }
  if (id === 'charitydonation') return donationEvent(notice);
  if (spoken.has(id) && notice.text !== '') return chatEvent(author, notice.text);
  return `notice ${id}`;
}

function bombEvent(notice: Notice, bombs: GiftBombs): SourceEvent {
  // Old exports of TwitchDownloader keep a notice's id and text, but not its parameters.
  const said = /\bgifting (\d{1,5}) /i.exec(notice.text)?.[1];
  const count = numberOf(notice.param('mass-gift-count')) ?? numberOf(said) ?? 1;
  bombs.opened(notice.author.user, bombId(notice), count);
  return supportEvent(notice.author.user, 'gift', count);
}

function giftEvent(notice: Notice, bombs: GiftBombs): SourceEvent | string {
  const ofBomb = bombs.includes(notice.author.user, bombId(notice), notice.param('community-gift-id') !== '');
  return ofBomb ? 'a single gift of a counted gift bomb' : supportEvent(notice.author.user, 'gift');
}

function bombId(notice: Notice): string {
  return notice.param('community-gift-id') || notice.param('origin-id');
}

function donationEvent(notice: Notice): SourceEvent {
  const amount = numberOf(notice.param('donation-amount')) ?? 0;
  const exponent = numberOf(notice.param('exponent')) ?? 0;
  const money = moneyOf(amount / 10 ** exponent, notice.param('donation-currency'));
  return supportEvent(notice.author.user, 'donation', 1, money);
}
