import type { SourceEvent } from '../../ports/source.ts';
import { chatEvent, raidEvent, supportEvent } from './events.ts';
import { arrayOf, type JsonObject, objectAt, textOf } from './json.ts';
import { parseMoney } from './money.ts';
import { runsText, youtubeRoles, youtubeUser } from './youtubetext.ts';

type Rendered = (renderer: JsonObject) => SourceEvent | string;

/**
 * What the renderers of YouTube's live chat are to us; there is no public description of them, the names are those of
 * real files and of the tools that read them (chat-downloader, masterchat). What is not here is ignored.
 */
const renderers: ReadonlyMap<string, Rendered> = new Map(
  Object.entries<Rendered>({
    liveChatTextMessageRenderer: textMessage,
    liveChatPaidMessageRenderer: (renderer) => paid(renderer),
    liveChatPaidStickerRenderer: (renderer) => paid(renderer),
    liveChatLegacyPaidMessageRenderer: (renderer) => supportEvent(youtubeUser(renderer), 'membership'),
    liveChatMembershipItemRenderer: (renderer) => supportEvent(youtubeUser(renderer), 'membership'),
    liveChatSponsorshipsGiftPurchaseAnnouncementRenderer: giftPurchase,
    liveChatSponsorshipsGiftRedemptionAnnouncementRenderer: () => 'a single gift of a counted gift bomb',
    liveChatDonationAnnouncementRenderer: (renderer) => supportEvent(youtubeUser(renderer), 'donation'),
    giftMessageViewModel: (renderer) => supportEvent(youtubeUser(renderer), 'donation'),
  }),
);

/** The event of an item of `addChatItemAction`, or why there is none. */
export function youtubeItemEvent(name: string, renderer: JsonObject): SourceEvent | string {
  return renderers.get(name)?.(renderer) ?? `system item ${name}`;
}

function textMessage(renderer: JsonObject): SourceEvent {
  const { text, emotes } = runsText(renderer.message);
  return chatEvent({ user: youtubeUser(renderer), roles: youtubeRoles(renderer) }, text, emotes);
}

function paid(renderer: JsonObject): SourceEvent {
  const money = parseMoney(runsText(renderer.purchaseAmountText).text);
  return supportEvent(youtubeUser(renderer), 'superchat', 1, money);
}

/** "Gifted 5 NAME memberships": the number is a run of its own in every language. */
function giftPurchase(renderer: JsonObject): SourceEvent {
  const header = objectAt(renderer, 'header', 'liveChatSponsorshipsHeaderRenderer') ?? {};
  const runs = arrayOf(objectAt(header, 'primaryText')?.runs).map((run) => textOf(objectAt(run)?.text).trim());
  const own = runs.find((text) => /^\d{1,4}$/.test(text)) ?? /\d{1,4}/.exec(runsText(header.primaryText).text)?.[0];
  const user = textOf(renderer.authorExternalChannelId) || runsText(header.authorName).text;
  return supportEvent(user, 'gift', Number(own ?? 1));
}

/**
 * A banner: a pinned message repeats one that was counted, and a redirect is a raid where the other channel's name
 * (bold) comes first ("NAME and their viewers just joined"); it comes last when this channel's viewers leave.
 */
export function youtubeBannerEvent(banner: JsonObject | undefined): SourceEvent | string {
  const redirect = objectAt(banner, 'contents', 'liveChatBannerRedirectRenderer');
  const first = objectAt(arrayOf(objectAt(redirect, 'bannerMessage')?.runs)[0]);
  if (first?.bold !== true) return 'a banner';
  return raidEvent(textOf(first.text).trim(), undefined);
}
