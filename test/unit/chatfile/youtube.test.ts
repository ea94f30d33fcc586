import { describe, expect, test } from 'vitest';
import { added, lines, liveLine, paidItem, replayLine, textItem } from './fixtures.ts';
import { counts, damages, events, readFile, tempFolder, texts, times } from './reading.ts';

const hello = replayLine('1000', added(textItem('i1', 'hello')));

describe("yt-dlp's live_chat.json", () => {
  const { file } = tempFolder();
  const read = async (...records: readonly string[]) =>
    (await readFile(await file(lines(hello, ...records)))).items.slice(1);

  test('texts join their runs; standard emoji are characters, own ones their shortcut and an emote', async () => {
    const runs = [
      { text: 'so ' },
      { emoji: { emojiId: '😂', shortcuts: [':joy:'], isCustomEmoji: false } },
      { emoji: { emojiId: 'UCx/abc', shortcuts: [':_wave:', ':wave:'], isCustomEmoji: true } },
    ];
    const items = await read(replayLine('1', added(textItem('i', '', { message: { runs } }))));
    expect(events(items)).toEqual([
      { kind: 'chat', user: 'UCbob', text: 'so 😂:_wave:', emotes: [':_wave:'], roles: [] },
    ]);
  });

  test('owner, moderators and members have their roles', async () => {
    const badge = (shown: object) => ({ authorBadges: [{ liveChatAuthorBadgeRenderer: shown }] });
    const items = await read(
      replayLine('1', added(textItem('a', 'x', badge({ icon: { iconType: 'OWNER' } })))),
      replayLine('1', added(textItem('b', 'x', badge({ icon: { iconType: 'MODERATOR' } })))),
      replayLine('1', added(textItem('c', 'x', badge({ customThumbnail: {}, tooltip: '会員(6 か月)' })))),
      replayLine('1', added(textItem('d', 'x', badge({ icon: { iconType: 'VERIFIED' } })))),
    );
    const roles = [['broadcaster'], ['moderator'], ['subscriber'], []];
    expect(events(items)).toMatchObject(roles.map((each) => ({ roles: each })));
  });

  test('paid messages, stickers, memberships and gifts are support, once each; their tickers and single gifts are not', async () => {
    const header = {
      authorName: { simpleText: 'Cy' },
      primaryText: { runs: [{ text: 'Gifted ' }, { text: '5' }, { text: ' A 2 B memberships' }] },
    };
    const gifts = { id: 'g', authorExternalChannelId: 'UCcy', header: { liveChatSponsorshipsHeaderRenderer: header } };
    const ticker = { liveChatTickerPaidMessageItemRenderer: { id: 'p', amount: { simpleText: '£10.00' } } };
    const sticker = paidItem('s', '¥1,000').liveChatPaidMessageRenderer;
    const items = await read(
      replayLine('1', added(paidItem('p', '£10.00', { message: { runs: [{ text: 'take it' }] } }))),
      replayLine('1', { addLiveChatTickerItemAction: { item: ticker, durationSec: '300' } }),
      replayLine('2', added({ liveChatPaidStickerRenderer: sticker })),
      replayLine('3', added({ liveChatMembershipItemRenderer: { id: 'm', authorExternalChannelId: 'UCcy' } })),
      replayLine('4', added({ liveChatSponsorshipsGiftPurchaseAnnouncementRenderer: gifts })),
      replayLine('5', added({ liveChatSponsorshipsGiftRedemptionAnnouncementRenderer: { id: 'r' } })),
    );
    expect(events(items)).toEqual([
      { kind: 'support', user: 'UCcy', type: 'superchat', count: 1, amountMicros: 10_000_000, currency: 'GBP' },
      { kind: 'support', user: 'UCcy', type: 'superchat', count: 1, amountMicros: 1_000_000_000, currency: 'JPY' },
      { kind: 'support', user: 'UCcy', type: 'membership', count: 1, amountMicros: 0, currency: '' },
      { kind: 'support', user: 'UCcy', type: 'gift', count: 5, amountMicros: 0, currency: '' },
    ]);
    expect(counts(items).ignored).toBe(2);
  });

  test('removals delete one message or all of an author', async () => {
    const items = await read(
      replayLine('1', { removeChatItemAction: { targetItemId: 'i1' } }),
      replayLine('1', { markChatItemAsDeletedAction: { targetItemId: 'i2', deletedStateMessage: {} } }),
      replayLine('1', { removeChatItemByAuthorAction: { externalChannelId: 'UCbob' } }),
      replayLine('1', { markChatItemsByAuthorAsDeletedAction: { externalChannelId: 'UCbob' } }),
    );
    expect(events(items)).toEqual([
      { kind: 'deletion', targetId: 'i1', targetUser: '' },
      { kind: 'deletion', targetId: 'i2', targetUser: '' },
      { kind: 'deletion', targetId: '', targetUser: 'UCbob' },
      { kind: 'deletion', targetId: '', targetUser: 'UCbob' },
    ]);
  });

  test('a swapped text is not counted twice, but one that was held back is counted', async () => {
    const swap = (target: string, item: object) => ({
      replaceChatItemAction: { targetItemId: target, replacementItem: item },
    });
    const items = await read(
      replayLine('1', swap('i1', textItem('i1', '[edited]'))),
      replayLine('2', added({ liveChatPlaceholderItemRenderer: { id: 'h', timestampUsec: '1' } })),
      replayLine('3', swap('h', textItem('h', 'held back'))),
    );
    expect(texts(items)).toEqual(['held back']);
    expect(counts(items).ignored).toBe(2);
  });

  test('polls, pinned messages, engagement lines and unknown actions are ignored; a redirect to here is a raid', async () => {
    const banner = (contents: object) => ({
      addBannerToLiveChatCommand: { bannerRenderer: { liveChatBannerRenderer: { contents } } },
    });
    const redirect = (...runs: object[]) => banner({ liveChatBannerRedirectRenderer: { bannerMessage: { runs } } });
    const items = await read(
      replayLine('1', { showLiveChatActionPanelAction: { panelToShow: {} } }),
      replayLine('1', { updateLiveChatPollAction: { pollToUpdate: {} } }),
      replayLine('1', added({ liveChatViewerEngagementMessageRenderer: { id: 'COMMUNITY_GUIDELINES' } })),
      replayLine('1', banner(textItem('i1', 'hello'))),
      replayLine('1', { signalAction: { signal: 'x' } }),
      replayLine('1'),
      replayLine('1', redirect({ text: "Don't miss out! People are going to watch " }, { text: '@x', bold: true })),
      replayLine('1', redirect({ text: '@kiara', bold: true }, { text: ' and their viewers just joined. Say hello!' })),
    );
    expect(counts(items)).toEqual({ ignored: 7, raid: 1 });
    expect(events(items)).toEqual([{ kind: 'raid', fromChannel: '@kiara', viewers: 0 }]);
  });

  test('slow mode is a change of mode', async () => {
    const icon = { iconType: 'SLOW_MODE' };
    const subtext = { runs: [{ text: 'Send a message every ' }, { text: '30 seconds' }] };
    const items = await read(replayLine('1', added({ liveChatModeChangeMessageRenderer: { id: 'm', icon, subtext } })));
    expect(events(items)).toEqual([{ kind: 'mode', name: 'slow', on: true, seconds: 30 }]);
  });

  test('the end of a mode names none: it is that of the one that began last; one that is not known is ignored', async () => {
    const mode = (iconType: string) =>
      replayLine('1', added({ liveChatModeChangeMessageRenderer: { id: 'm', icon: { iconType } } }));
    const off = 'QUESTION_ANSWER';
    const items = await read(...[off, 'SLOW_MODE', 'MEMBERS_ONLY_MODE', 'SLOW_MODE', off, off, off].map(mode));
    expect(events(items)).toMatchObject([
      { name: 'slow', on: true },
      { name: 'subscribersOnly', on: true },
      { name: 'slow', on: true },
      { name: 'slow', on: false },
      { name: 'subscribersOnly', on: false },
    ]);
    expect(counts(items).ignored).toBe(2);
  });

  test('messages from before the start do not pile up at second 0', async () => {
    const items = await read(
      replayLine('0', added(textItem('a', 'x', { timestampText: { simpleText: '-12:34' } }))),
      replayLine('0', added(textItem('b', 'x', { timestampText: { simpleText: '-0:00' } }))),
      replayLine('0', added(textItem('c', 'x', { timestampText: { simpleText: '0:00' } }))),
      replayLine('-9000', added(textItem('d', 'x', { timestampText: { simpleText: '-0:09' } }))),
    );
    expect(times(items)).toEqual([-754_000, 0, 0, -9000]);
  });

  test('a record without an offset is placed by its clock time; without one it is damaged', async () => {
    const at = (usec: string) => ({ timestampUsec: usec });
    const items = await read(
      replayLine('60000', added(textItem('a', 'x', at('1600000060000000')))),
      replayLine(undefined, added(textItem('b', 'x', at('1600000061500000')))),
      replayLine(undefined, { removeChatItemAction: { targetItemId: 'a' } }),
      replayLine('1597882691000', added(textItem('c', 'x'))),
    );
    expect(times(items)).toEqual([60_000, 61_500]);
    expect(damages(items).map((item) => [item.position, item.reason])).toEqual([
      [4, 'videoOffsetTimeMsec is missing or no number'],
      [5, "videoOffsetTimeMsec lies more than 30 days from the broadcast's start"],
    ]);
  });

  test('several actions in one line are one record each, at the same line', async () => {
    const items = await read(
      liveLine('5', added(textItem('a', 'one')), added(textItem('b', 'two')), { clickTrackingParams: 'x' }),
    );
    expect(texts(items)).toEqual(['one', 'two']);
    expect(items.map((item) => item.position)).toEqual([2, 2]);
  });
});
