import type { SourceEvent } from '../../ports/source.ts';
import { type Author, chatEvent, deletionEvent, modeEvent, raidEvent, supportEvent } from './events.ts';
import type { GiftBombs } from './giftbombs.ts';
import { arrayOf, firstText, isObject, type JsonObject, objectAt, textOf } from './json.ts';
import { type Money, moneyOf, moneyOfBits, parseMoney } from './money.ts';
import { badgeOfTitle, rolesOf } from './roles.ts';
import { numberOf } from './times.ts';
import { noticeOfBody } from './twitchbody.ts';

type Typed = (item: JsonObject, author: Author, bombs: GiftBombs) => SourceEvent | string;

const subscription: Typed = (_, author) => supportEvent(author.user, 'subscription');
const giftBomb: Typed = (item, author, bombs) => {
  const count = numberOf(item.mass_gift_count) ?? 1;
  bombs.opened(author.user, textOf(item.origin_id), count);
  return supportEvent(author.user, 'gift', count);
};
const singleGift: Typed = (item, author, bombs) => {
  const marked = textOf(item.community_gift_id) !== '';
  const ofBomb = bombs.includes(author.user, textOf(item.origin_id), marked);
  return ofBomb ? 'a single gift of a counted gift bomb' : supportEvent(author.user, 'gift');
};
const paid: Typed = (item, author) => supportEvent(author.user, 'superchat', 1, priceOf(item));
const spoken: Typed = (item, author) => messageEvent(item, author, undefined);

const modeKeys: readonly (readonly [key: string, mode: string])[] = [
  ['emote_only', 'emoteOnly'],
  ['follower_only', 'followersOnly'],
  ['slow_mode', 'slow'],
  ['subscriber_only', 'subscribersOnly'],
];

/** A `room_state` with one mode is its change; with all of them it is the state that a client gets when it joins. */
const modeChange: Typed = (item) => {
  const named = modeKeys.filter(([key]) => item[key] !== undefined);
  const [only] = named;
  if (only === undefined || named.length > 1) return 'state of the chat on joining';
  const [key, mode] = only;
  const value = item[key] === true ? 1 : (numberOf(item[key]) ?? 0);
  // follower_only is -1 when it is off, 0 or the minutes of following when it is on.
  const on = mode === 'followersOnly' ? numberOf(item[key]) !== undefined && value >= 0 : value > 0;
  return modeEvent(mode, on, mode === 'slow' ? value : 0);
};

/** chat-downloader's `message_type`s (its sites/twitch.py and sites/youtube.py) that are not ignored. */
const types: ReadonlyMap<string, Typed> = new Map(
  Object.entries<Typed>({
    highlighted_message: spoken,
    send_message_in_subscriber_only_mode: spoken,
    ritual: spoken,
    announcement: spoken,
    viewermilestone: spoken,
    paid_message: paid,
    paid_sticker: paid,
    membership_item: (_, author) => supportEvent(author.user, 'membership'),
    sponsorships_gift_purchase_announcement: (item, author) =>
      supportEvent(author.user, 'gift', Number(/\d{1,4}/.exec(firstText(item.header_message, item.message))?.[0] ?? 1)),
    sponsorships_gift_redemption_announcement: () => 'a single gift of a counted gift bomb',
    donation_announcement: (_, author) => supportEvent(author.user, 'donation'),
    subscription,
    resubscription: subscription,
    extend_subscription: subscription,
    prime_paid_upgrade: subscription,
    gift_paid_upgrade: subscription,
    anonymous_gift_paid_upgrade: subscription,
    mystery_subscription_gift: giftBomb,
    anonymous_mystery_subscription_gift: giftBomb,
    subscription_gift: singleGift,
    anonymous_subscription_gift: singleGift,
    raid: (item) => raidEvent(firstText(item.raider_name, item.raider_display_name), numberOf(item.number_of_raiders)),
    delete_message: (item) => deletionEvent(textOf(item.target_message_id), ''),
    deleted_message: (item) => deletionEvent(textOf(item.target_message_id), ''),
    room_state: modeChange,
    ban_user: (item, author) => deletionEvent('', firstText(item.target_author_id, item.banned_user) || author.user),
  }),
);

/** The event of an item, or why there is none. Items of 2020 have no type: money makes them support, text chat. */
export function downloadedEvent(item: JsonObject, bombs: GiftBombs): SourceEvent | string {
  const author = authorOf(item);
  const type = textOf(item.message_type);
  if (type === '' || type === 'text_message') return messageEvent(item, author, bombs);
  return types.get(type)?.(item, author, bombs) ?? `item ${type}`;
}

function messageEvent(item: JsonObject, author: Author, bombs: GiftBombs | undefined): SourceEvent | string {
  const bits = numberOf(item.bits) ?? 0;
  if (bits > 0) return supportEvent(author.user, 'cheer', 1, moneyOfBits(bits));
  if (textOf(item.amount) !== '' || isObject(item.money))
    return supportEvent(author.user, 'superchat', 1, priceOf(item));
  if (typeof item.message !== 'string') return 'an item without text';
  const text = textOf(item.message);
  const notice = bombs === undefined ? undefined : noticeOfBody(nameOf(item), author.user, text, bombs);
  return notice ?? chatEvent(author, text, emotesOf(item));
}

function nameOf(item: JsonObject): string {
  return firstText(item.author, objectAt(item, 'author')?.display_name, objectAt(item, 'author')?.name);
}

function priceOf(item: JsonObject): Money {
  const money = objectAt(item, 'money') ?? {};
  const amount = numberOf(money.amount);
  if (amount !== undefined && textOf(money.currency) !== '') return moneyOf(amount, textOf(money.currency));
  return parseMoney(firstText(money.text, item.amount));
}

function authorOf(item: JsonObject): Author {
  const author = objectAt(item, 'author') ?? {};
  const old = textOf(item.badges).split(',').map(badgeOfTitle);
  const badges = arrayOf(author.badges).map((badge) => {
    const shown = objectAt(badge) ?? {};
    return firstText(shown.name, shown.icon_name) || badgeOfTitle(textOf(shown.title));
  });
  return {
    user: firstText(author.id, item.author_id, author.name, item.author, author.display_name),
    roles: rolesOf([...old, ...badges], firstText(author.name, nameOf(item))),
  };
}

/** Names of the channel's own emotes; YouTube's standard emoji are in this list too and say so. */
function emotesOf(item: JsonObject): readonly string[] {
  return arrayOf(item.emotes)
    .filter(isObject)
    .filter((emote) => emote.is_custom_emoji !== false)
    .map((emote) => textOf(emote.name))
    .filter((name) => name !== '');
}
