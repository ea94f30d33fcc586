import { describe, expect, test } from 'vitest';
import { newDownloaded, oldDownloaded } from './fixtures.ts';
import { counts, damages, events, readFile, tempFolder, texts, times } from './reading.ts';

describe("chat-downloader's JSON", () => {
  const { file } = tempFolder();
  const read = async (...items: readonly object[]) => (await readFile(await file(JSON.stringify(items)))).items;

  test('super chats of 2020 count once, with null text too; their ticker copies are ignored', async () => {
    const paid = { amount: '£10.00', author: 'Ann', author_id: 'UCa' };
    const items = await read(
      oldDownloaded(0, 'hello', paid),
      oldDownloaded(0, 'hello', { ...paid, ticker_duration: 300 }),
      oldDownloaded(2, null, { ...paid, amount: 'CLP\u00a0500' }),
      oldDownloaded(3, 'chat', { badges: 'Moderator, Member (3 months)' }),
    );
    const support = { kind: 'support', user: 'UCa', type: 'superchat', count: 1 };
    expect(events(items)).toEqual([
      { ...support, amountMicros: 10_000_000, currency: 'GBP' },
      { ...support, amountMicros: 500_000_000, currency: 'CLP' },
      { kind: 'chat', user: 'UCdee', text: 'chat', emotes: [], roles: ['moderator', 'subscriber'] },
    ]);
    expect(counts(items).ignored).toBe(1);
  });

  test('types of later versions are chat, support, raids, deletions, or ignored', async () => {
    const of = (message_type: string, fields = {}) => newDownloaded(5, null, { message_type, ...fields });
    const items = await read(
      newDownloaded(1, 'hi', {
        emotes: [
          { name: ':_wave:', is_custom_emoji: true },
          { name: ':joy:', is_custom_emoji: false },
        ],
      }),
      of('paid_message', { money: { text: '$5.00', amount: 5, currency: 'USD', currency_symbol: '$' } }),
      of('paid_sticker', { money: { text: 'R$ 5,00' } }),
      of('membership_item'),
      of('ticker_paid_message_item', { ticker_duration: 60 }),
      of('sponsorships_gift_purchase_announcement', { message: 'Gifted 20 memberships' }),
      of('sponsorships_gift_redemption_announcement'),
      of('viewer_engagement_message'),
      of('viewermilestone', { message: '10 streams in a row' }),
      of('mystery_subscription_gift', { mass_gift_count: 1, origin_id: 'o' }),
      of('subscription_gift', { origin_id: 'o' }),
      of('resubscription', { message: 'again' }),
      of('raid', { raider_name: 'zed', number_of_raiders: 40 }),
      of('deleted_message', { target_message_id: 'm1' }),
      of('ban_user', { banned_user: 'troll', target_author_id: '7' }),
      newDownloaded(6, 'Cheer100', { bits: 100 }),
      of('room_state'),
    );
    expect(events(items)).toMatchObject([
      { kind: 'chat', user: 'UCdee', emotes: [':_wave:'], roles: ['moderator'] },
      { type: 'superchat', amountMicros: 5_000_000, currency: 'USD' },
      { type: 'superchat', amountMicros: 5_000_000, currency: 'BRL' },
      { type: 'membership' },
      { type: 'gift', count: 20 },
      { kind: 'chat', text: '10 streams in a row' },
      { type: 'gift', count: 1 },
      { type: 'subscription' },
      { kind: 'raid', fromChannel: 'zed', viewers: 40 },
      { kind: 'deletion', targetId: 'm1' },
      { kind: 'deletion', targetUser: '7' },
      { type: 'cheer', amountMicros: 1_000_000 },
    ]);
    expect(counts(items).ignored).toBe(5);
  });

  test('a room state with one mode is its change; with all of them it is the state on joining', async () => {
    const state = (modes: object) => newDownloaded(1, null, { message_type: 'room_state', ...modes });
    const items = await read(
      state({ slow_mode: 30 }),
      state({ slow_mode: 0 }),
      state({ emote_only: true }),
      state({ subscriber_only: false }),
      state({ follower_only: 0 }),
      state({ follower_only: -1 }),
      state({ emote_only: false, follower_only: -1, slow_mode: 0, subscriber_only: false, r9k_mode: false }),
      state({ r9k_mode: true }),
    );
    expect(events(items)).toEqual([
      { kind: 'mode', name: 'slow', on: true, seconds: 30 },
      { kind: 'mode', name: 'slow', on: false, seconds: 0 },
      { kind: 'mode', name: 'emoteOnly', on: true, seconds: 0 },
      { kind: 'mode', name: 'subscribersOnly', on: false, seconds: 0 },
      { kind: 'mode', name: 'followersOnly', on: true, seconds: 0 },
      { kind: 'mode', name: 'followersOnly', on: false, seconds: 0 },
    ]);
    expect(counts(items).ignored).toBe(2);
  });

  test('a swapped text is not counted twice, but one that was held back is counted', async () => {
    const swapped = { action_type: 'replace_chat_item' };
    const items = await read(
      newDownloaded(1, 'first', { message_id: 'a' }),
      newDownloaded(60, '[edited]', { message_id: 'a', ...swapped }),
      newDownloaded(61, 'held back', { message_id: 'b', ...swapped }),
      newDownloaded(62, '[edited too]', { message_id: 'b', ...swapped }),
    );
    expect(texts(items)).toEqual(['first', 'held back']);
    expect(counts(items).ignored).toBe(2);
  });

  test('epoch seconds as an offset are damaged, so that the clock does not follow them', async () => {
    const items = await read(
      oldDownloaded(12_702, 'a'),
      oldDownloaded(1_597_882_691, 'b'),
      oldDownloaded(12_703.5, 'c'),
    );
    expect(times(items)).toEqual([12_702_000, 12_703_500]);
    expect(damages(items)).toMatchObject([{ position: 2, reason: expect.stringContaining('30 days') }]);
  });

  test('the text of the time serves where the number is missing', async () => {
    const without = { time_in_seconds: undefined };
    const items = await read(
      newDownloaded(0, 'a', { ...without, time_text: '1:02:03' }),
      newDownloaded(0, 'b', { ...without, time_text: '-0:05' }),
      newDownloaded(0, 'c', { time_text: '-0:00' }),
    );
    expect(times(items)).toEqual([3_723_000, -5000, 0]);
  });

  test('a live recording has clock times throughout; what comes without a time happened with the record before it', async () => {
    const live = (timestamp: unknown) => ({ time_in_seconds: undefined, time_text: undefined, timestamp });
    const items = await read(
      newDownloaded(0, 'a', live(1_597_516_926_528_738)),
      newDownloaded(0, null, { ...live(undefined), message_type: 'ban_user', banned_user: 'troll' }),
      newDownloaded(7, 'b', { timestamp: 1_597_516_927_000_000 }),
    );
    expect(items.map((item) => item.kind === 'event' && item.time)).toEqual([
      { clockMs: 1_597_516_926_529 },
      { clockMs: 1_597_516_926_529 },
      { clockMs: 1_597_516_927_000 },
    ]);
  });
});
