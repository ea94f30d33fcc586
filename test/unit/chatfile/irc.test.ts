import { describe, expect, test } from 'vitest';
import { ircLine, ircStart, lines } from './fixtures.ts';
import { counts, damages, events, readFile, tempFolder, texts, times } from './reading.ts';

const hello = ircLine('PRIVMSG', 'hello');

describe('raw IRC lines', () => {
  const { file } = tempFolder();
  const read = async (...records: readonly string[]) =>
    (await readFile(await file(lines(hello, ...records)))).items.slice(1);

  test('a message has its user id, roles, emotes by code point, id and time', async () => {
    const tags = { badges: 'moderator/1,subscriber/3012', emotes: '25:2-6,8-12', id: 'abc' };
    const items = await read(ircLine('PRIVMSG', '🎉 Kappa Kappa: yes', tags));
    const event = { kind: 'chat', user: '612865661', text: '🎉 Kappa Kappa: yes', emotes: ['Kappa', 'Kappa'] };
    expect(items).toEqual([
      {
        kind: 'event',
        position: 2,
        time: { clockMs: ircStart },
        id: 'abc',
        event: { ...event, roles: ['moderator', 'subscriber'] },
      },
    ]);
  });

  test('/me is unwrapped with its emotes in place', async () => {
    const items = await read(ircLine('PRIVMSG', '\u0001ACTION Kappa waves\u0001', { emotes: '25:0-4' }));
    expect(events(items)).toMatchObject([{ text: 'Kappa waves', emotes: ['Kappa'] }]);
  });

  test('times that step backward are kept in the order of the file', async () => {
    const at = (ms: number) => ircLine('PRIVMSG', 'x', { 'tmi-sent-ts': String(ircStart + ms) });
    expect(times(await read(at(500), at(-200), at(300)))).toEqual([ircStart + 500, ircStart - 200, ircStart + 300]);
  });

  test('repeated historical lines and lines of another channel of a shared chat are ignored', async () => {
    const items = await read(
      ircLine('PRIVMSG', 'old', { historical: '1' }),
      ircLine('PRIVMSG', 'theirs', { 'source-room-id': '99' }),
      ircLine('USERNOTICE', 'theirs', {
        'source-room-id': '99',
        'msg-id': 'sharedchatnotice',
        'source-msg-id': 'resub',
      }),
      ircLine('PRIVMSG', 'ours', { 'source-room-id': '11148817' }),
    );
    expect(texts(items)).toEqual(['ours']);
    expect(counts(items).ignored).toBe(3);
  });

  test('the 1,000 historical lines that a recording may begin with are ignored like one', async () => {
    const old = Array.from({ length: 1_000 }, (_, index) => ircLine('PRIVMSG', `old ${index}`, { historical: '1' }));
    const { items } = await readFile(await file(lines(...old, hello)));
    expect(counts(items)).toEqual({ ignored: 1_000, chat: 1 });
  });

  test('a file of nothing but historical lines is a recording like any other', async () => {
    const line = ircLine('PRIVMSG', 'old', { historical: '1' });
    expect(texts((await readFile(await file(lines(line, line)))).items)).toEqual(['old', 'old']);
  });

  test('subs, gifts, bombs counted once, raids, cheers, donations and announcements', async () => {
    const notice = (id: string, params: Readonly<Record<string, string>> = {}, text?: string) => {
      const named = Object.entries(params).map(([name, value]) => [`msg-param-${name}`, value]);
      return ircLine('USERNOTICE', text, {
        'msg-id': id,
        login: 'eve',
        'system-msg': 'a\\sb\\:',
        ...Object.fromEntries(named),
      });
    };
    const items = await read(
      notice('resub', { months: '3' }, 'still here'),
      notice('subgift', { 'community-gift-id': '5' }),
      notice('submysterygift', { 'mass-gift-count': '2', 'community-gift-id': '5' }),
      notice('subgift', { 'community-gift-id': '5' }),
      notice('submysterygift', { 'mass-gift-count': '1', 'origin-id': '9' }),
      notice('subgift', { 'origin-id': '9' }),
      notice('subgift', { 'origin-id': '10' }),
      notice('submysterygift', { 'mass-gift-count': '1' }),
      notice('subgift'),
      notice('subgift'),
      notice('raid', { login: 'zed', displayName: 'Zed', viewerCount: '156' }),
      notice('charitydonation', { 'donation-amount': '550', 'donation-currency': 'GBP', exponent: '2' }),
      notice('announcement', {}, 'look'),
      notice('viewermilestone', { category: 'watch-streak' }),
      ircLine('PRIVMSG', 'Cheer100 go', { bits: '100' }),
      ircLine('PRIVMSG', 'hype', {
        'pinned-chat-paid-amount': '1400',
        'pinned-chat-paid-currency': 'USD',
        'pinned-chat-paid-exponent': '2',
      }),
    );
    expect(events(items)).toMatchObject([
      { type: 'subscription' },
      { type: 'gift', count: 2 },
      { type: 'gift', count: 1 },
      { type: 'gift', count: 1 },
      { type: 'gift', count: 1 },
      { type: 'gift', count: 1 },
      { kind: 'raid', fromChannel: 'zed', viewers: 156 },
      { type: 'donation', amountMicros: 5_500_000, currency: 'GBP' },
      { kind: 'chat', text: 'look' },
      { type: 'cheer', amountMicros: 1_000_000 },
      { type: 'superchat', amountMicros: 14_000_000, currency: 'USD' },
    ]);
    expect(counts(items).ignored).toBe(5);
  });

  test('deletions and modes; clearing everything and the state on joining say nothing', async () => {
    const items = await read(
      ircLine('CLEARMSG', 'bad words', { login: 'eve', 'target-msg-id': 'abc' }),
      ircLine('CLEARCHAT', 'eve', { 'ban-duration': '600', 'target-user-id': '612865661' }),
      ircLine('CLEARCHAT', undefined),
      '@emote-only=0;followers-only=-1;r9k=0;room-id=1;slow=0;subs-only=0 :tmi.twitch.tv ROOMSTATE #pajlada',
      '@room-id=1;slow=30 :tmi.twitch.tv ROOMSTATE #pajlada',
      '@room-id=1;followers-only=-1 :tmi.twitch.tv ROOMSTATE #pajlada',
    );
    expect(events(items)).toEqual([
      { kind: 'deletion', targetId: 'abc', targetUser: '' },
      { kind: 'deletion', targetId: '', targetUser: '612865661' },
      { kind: 'mode', name: 'slow', on: true, seconds: 30 },
      { kind: 'mode', name: 'followersOnly', on: false, seconds: 0 },
    ]);
    expect(counts(items).ignored).toBe(2);
  });

  test('hosts are raids, of the size that they tell and at the time before them; forged ones and other lines of jtv are not', async () => {
    const jtv = (text: string) => `:jtv!jtv@jtv.tmi.twitch.tv PRIVMSG pajlada :${text}`;
    const items = await read(
      jtv('zed is now hosting you for up to 12 viewers.'),
      jtv('ann is now auto hosting you.'),
      jtv('zed is now hosting you for 1 viewer'),
      jtv('bob is now hosting you for 0 viewers.'),
      jtv('The moderators of this channel are: zed'),
      ircLine('PRIVMSG', 'zed is now hosting you for 500 viewers.'),
      `${ircLine('PRIVMSG', 'x')}\\r\\n${jtv('zed is now hosting you for 900 viewers.')}`,
    );
    const raids = [
      { kind: 'raid', fromChannel: 'zed', viewers: 12 },
      { kind: 'raid', fromChannel: 'ann', viewers: 1 },
      { kind: 'raid', fromChannel: 'zed', viewers: 1 },
    ];
    expect(events(items).slice(0, 3)).toEqual(raids);
    expect(times(items).slice(0, 3)).toEqual([ircStart, ircStart, ircStart]);
    expect(counts(items)).toEqual({ raid: 3, ignored: 2, chat: 2, damaged: 1 });
  });

  test('lines of the system are ignored; a message without a time and a cut line are damaged', async () => {
    const items = await read(
      'PING :tmi.twitch.tv',
      ':tmi.twitch.tv CAP * ACK :twitch.tv/tags twitch.tv/commands',
      ':justinfan1!justinfan1@justinfan1.tmi.twitch.tv JOIN #pajlada',
      ':justinfan1.tmi.twitch.tv 353 justinfan1 = #pajlada :justinfan1',
      '@msg-id=host_on :tmi.twitch.tv NOTICE #pajlada :Now hosting.',
      '# Start logging at 2024-01-01',
      ':eve!eve@eve.tmi.twitch.tv PRIVMSG #pajlada :no tags',
      hello.slice(0, 40),
    );
    expect(counts(items)).toEqual({ ignored: 6, damaged: 2 });
    expect(damages(items).map((item) => item.reason)).toEqual([
      'the tag tmi-sent-ts is missing or no number',
      'the line is no IRC line',
    ]);
  });

  test('several messages glued to one read are taken apart, with the break written out or without one', async () => {
    const second = ircLine('PRIVMSG', 'two', { badges: 'moderator/1' });
    const items = await read(`${hello}\\r\\n${second}`, `${hello}\r${second}`, `${hello}${second}`);
    expect(texts(items)).toEqual(['hello', 'two', 'hello', 'two', 'hello', 'two']);
    expect(texts(await read(`b'${hello}\\r\\n${second}\\r\\n'`))).toEqual(['hello', 'two']);
    // A chatter could paste a whole line: its badges must give no rights.
    expect(events(items).filter((event) => (event as { roles: string[] }).roles.length > 0)).toEqual([]);
  });

  test("a logger's time before the line does not hide it", async () => {
    expect(texts(await read(`[2024-09-25 20:45:17] ${hello}`, `> ${hello}`))).toEqual(['hello', 'hello']);
  });
});
