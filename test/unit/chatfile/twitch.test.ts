import { describe, expect, test } from 'vitest';
import { twitchComment, twitchDownloaderFile } from './fixtures.ts';
import { counts, damages, events, readFile, tempFolder, texts, times } from './reading.ts';

describe('Twitch comments', () => {
  const { file } = tempFolder();
  const read = async (...comments: Parameters<typeof twitchDownloaderFile>[0]) =>
    (await readFile(await file(twitchDownloaderFile(comments)))).items;

  test('null badges, fragments, colour and body, and a deleted account, do not lose the message', async () => {
    const items = await read(
      twitchComment(1, 'plain', { commenter: null }, { user_badges: null, fragments: null, user_color: null }),
      twitchComment(
        2,
        null,
        {},
        { fragments: [{ text: 'from ' }, { text: 'LUL', emoticon: { emoticon_id: '425618' } }] },
      ),
    );
    expect(events(items)).toEqual([
      { kind: 'chat', user: '', text: 'plain', emotes: [], roles: [] },
      { kind: 'chat', user: '61408597', text: 'from LUL', emotes: ['LUL'], roles: [] },
    ]);
  });

  test('the offset counts, not when the copy was made; fractions and numeric text are offsets too', async () => {
    const items = await read(twitchComment(1.234, 'a'), twitchComment('5', 'b'), twitchComment(-3, 'c'));
    expect(times(items)).toEqual([1234, 5000, -3000]);
  });

  test('a missing, unreadable or absurd offset is a damaged record that names the field; the rest is used', async () => {
    const items = await read(
      twitchComment(null, 'a'),
      twitchComment('soon', 'b'),
      twitchComment(1_597_882_691, 'c'),
      twitchComment(30 * 86_400, 'kept'),
    );
    expect(texts(items)).toEqual(['kept']);
    expect(damages(items).map((item) => item.reason)).toEqual([
      expect.stringMatching(/content_offset_seconds is missing.*record 1, byte \d+/),
      expect.stringContaining('content_offset_seconds is missing or no number'),
      expect.stringContaining('more than 30 days'),
    ]);
  });

  test('badges give roles, and a known bot is one', async () => {
    const badges = (...names: string[]) => ({ user_badges: names.map((name) => ({ _id: name, version: '1' })) });
    const items = await read(
      twitchComment(1, 'a', {}, badges('broadcaster', 'subscriber', 'glhf-pledge')),
      twitchComment(2, 'b', {}, badges('moderator', 'founder', 'vip')),
      twitchComment(3, 'c', { commenter: { _id: '19264788', name: 'nightbot', display_name: 'Nightbot' } }),
    );
    expect(events(items)).toMatchObject([
      { roles: ['broadcaster', 'subscriber'] },
      { roles: ['moderator', 'subscriber', 'vip'] },
      { roles: ['bot'] },
    ]);
  });

  test('cheers are support with their money and not also chat', async () => {
    const items = await read(twitchComment(1, 'Cheer250 wow', {}, { bits_spent: 250 }));
    expect(events(items)).toEqual([
      { kind: 'support', user: '61408597', type: 'cheer', count: 1, amountMicros: 2_500_000, currency: 'USD' },
    ]);
  });

  test('a /me line loses its frame and a lone surrogate becomes U+FFFD', async () => {
    const items = await read(twitchComment(1, '\u0001ACTION waves\u0001'), twitchComment(2, 'cut \ud83d'));
    expect(texts(items)).toEqual(['waves', 'cut \ufffd']);
  });

  test('notices with parameters are support or raids; the single gifts of a bomb are ignored', async () => {
    const notice = (id: string, params = {}) => ({ user_notice_params: { 'msg-id': id, ...params } });
    const items = await read(
      twitchComment(1, 'resub!', {}, notice('resub')),
      twitchComment(
        2,
        '',
        {},
        notice('submysterygift', { 'msg-param-mass-gift-count': '2', 'msg-param-origin-id': 'x' }),
      ),
      twitchComment(2, '', {}, notice('subgift', { 'msg-param-origin-id': 'x' })),
      twitchComment(2, '', {}, notice('subgift', { 'msg-param-origin-id': 'x' })),
      twitchComment(3, '', {}, notice('subgift', { 'msg-param-origin-id': 'y' })),
      twitchComment(4, '', {}, notice('raid', { 'msg-param-login': 'zed', 'msg-param-viewerCount': '120' })),
      twitchComment(5, 'glow', {}, notice('highlighted-message')),
      twitchComment(6, 'plain', {}, { user_notice_params: { 'msg-id': null } }),
    );
    expect(events(items)).toMatchObject([
      { type: 'subscription' },
      { type: 'gift', count: 2 },
      { type: 'gift', count: 1 },
      { kind: 'raid', fromChannel: 'zed', viewers: 120 },
      { kind: 'chat', text: 'glow' },
      { kind: 'chat', text: 'plain' },
    ]);
    expect(counts(items).ignored).toBe(2);
  });

  test('a bomb of which only id and text were kept counts as many gifts as its text says, once', async () => {
    const notice = (id: string) => ({ user_notice_params: { 'msg-id': id } });
    const items = await read(
      twitchComment(1, "Ann is gifting 3 Tier 1 Subs to X's community!", {}, notice('submysterygift')),
      ...[1, 1, 2].map((sec) => twitchComment(sec, 'Ann gifted a Tier 1 sub to Bob!', {}, notice('subgift'))),
      twitchComment(3, 'Ann gifted a Tier 1 sub to Cy!', {}, notice('subgift')),
    );
    expect(events(items)).toMatchObject([
      { type: 'gift', count: 3 },
      { type: 'gift', count: 1 },
    ]);
    expect(counts(items).ignored).toBe(3);
  });

  test('notices that newer exports hold as text of the user are told from chat', async () => {
    const items = await read(
      twitchComment(1, "Ann subscribed at Tier 1. They've subscribed for 12 months! hello"),
      twitchComment(2, 'Ann subscribed with Prime.'),
      twitchComment(3, "Ann is gifting 2 Tier 1 Subs to Streamer's community!"),
      twitchComment(3, 'Ann gifted a Tier 1 sub to Bob!'),
      twitchComment(3, 'Ann gifted a Tier 1 sub to Cy!'),
      twitchComment(9, 'Ann gifted a Tier 1 sub to Dee!'),
      twitchComment(10, '15 raiders from Ann have joined!'),
      twitchComment(11, 'Ann is gifted'),
    );
    expect(counts(items)).toEqual({ support: 4, ignored: 2, raid: 1, chat: 1 });
  });

  test('a comment written below the recording later is no live chat', async () => {
    const items = await read(
      twitchComment(1, 'live', { source: 'chat' }),
      twitchComment(1, 'later', { source: 'comment' }),
    );
    expect(texts(items)).toEqual(['live']);
    expect(counts(items).ignored).toBe(1);
  });

  test('two equal messages of one user in one second are two, each with the id of the platform', async () => {
    const items = await read(twitchComment(1, 'gg', { _id: 'a' }), twitchComment(1, 'gg', { _id: 'b' }));
    expect(items.map((item) => item.kind === 'event' && item.id)).toEqual(['a', 'b']);
  });

  test('comments are found behind members of any length, without FileInfo before them too', async () => {
    const emotes = { thirdParty: [{ id: 'a', data: 'A'.repeat(3_000_000), name: 'KEKW' }], firstParty: [] };
    const content = JSON.stringify({ emotes, comments: [twitchComment(1, 'found')] });
    const { format, items } = await readFile(await file(content));
    expect(format).toBe('twitch-downloader');
    expect(texts(items)).toEqual(['found']);
  });

  test('comments come in any place of the object, after large members too', async () => {
    const document = {
      embeddedData: { data: 'A'.repeat(400_000) },
      streamer: {},
      comments: [twitchComment(1, 'found')],
    };
    const { format, items } = await readFile(await file(JSON.stringify(document)));
    expect(format).toBe('twitch-downloader');
    expect(texts(items)).toEqual(['found']);
  });
});
