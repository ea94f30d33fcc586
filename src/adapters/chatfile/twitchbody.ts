import type { SourceEvent } from '../../ports/source.ts';
import { raidEvent, supportEvent } from './events.ts';
import type { GiftBombs } from './giftbombs.ts';

const anonymousGifter = 'An anonymous user';

/**
 * Since Twitch's GraphQL comments (2023) exports hold notices as comments of the user, with the notice as text:
 * `Ann subscribed at Tier 1. ...`. TwitchDownloader tells them the same way (its `HighlightIcons.GetHighlightType`).
 * The event, or why there is none; undefined for an ordinary message.
 */
export function noticeOfBody(
  name: string,
  user: string,
  body: string,
  bombs: GiftBombs,
): SourceEvent | string | undefined {
  const raid = /^(\d+) raiders from (.+) have joined!/.exec(body);
  if (raid !== null && raid[2] === name) return raidEvent(name, Number(raid[1]));
  const prefix = [name, anonymousGifter].find((start) => start !== '' && body.startsWith(`${start} `));
  return prefix === undefined ? undefined : phrase(body.slice(prefix.length + 1), user, bombs);
}

function phrase(text: string, user: string, bombs: GiftBombs): SourceEvent | string | undefined {
  if (/^(?:just )?subscribed (?:at Tier \d|with Prime)/.test(text)) return supportEvent(user, 'subscription');
  if (/^converted from an? .{1,20} sub to /.test(text)) return supportEvent(user, 'subscription');
  if (text.startsWith('is continuing the Gift Sub')) return supportEvent(user, 'subscription');
  if (text.startsWith('is paying forward the Gift they got from')) return 'notice of a gift paid forward';
  const bomb = /^is gifting (\d{1,5}) Tier \d Subs/i.exec(text);
  if (bomb !== null) {
    bombs.opened(user, '', Number(bomb[1]));
    return supportEvent(user, 'gift', Number(bomb[1]));
  }
  if (!/^gifted a Tier \d sub/i.test(text)) return undefined;
  return bombs.includes(user, '', false) ? 'a single gift of a counted gift bomb' : supportEvent(user, 'gift');
}
