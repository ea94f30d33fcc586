import { expect, test } from 'vitest';
import {
  added,
  lines,
  nativeChat,
  newDownloaded,
  replayLine,
  textItem,
  twitchComment,
  twitchDownloaderFile,
} from './fixtures.ts';
import { counts, events, readFile, tempFolder } from './reading.ts';

/** Names that every JavaScript object answers to: a table that is asked for one of them must have nothing to say. */
const inherited = ['constructor', 'toString', 'hasOwnProperty', '__proto__'] as const;

const { file } = tempFolder();
const read = async (content: string) => (await readFile(await file(content))).items;

test('kinds, types and renderers with such names are unknown ones', async () => {
  const native = lines(nativeChat(1, 'a'), ...inherited.map((kind) => ({ kind, atMs: 2 })));
  expect(counts(await read(native))).toEqual({ native: 5 });
  const typed = inherited.map((message_type) => newDownloaded(1, 'b', { message_type }));
  expect(counts(await read(JSON.stringify([newDownloaded(1, 'a'), ...typed])))).toEqual({ chat: 1, ignored: 4 });
  const rendered = inherited.map((name) => replayLine('1', added(JSON.parse(`{"${name}":{"id":"x"}}`))));
  expect(counts(await read(lines(replayLine('1', added(textItem('i', 'a'))), ...rendered)))).toEqual({
    chat: 1,
    ignored: 4,
  });
});

test('badges, titles and currencies with such names mean nothing', async () => {
  const user_badges = inherited.map((_id) => ({ _id, version: '1' }));
  const twitch = await read(twitchDownloaderFile([twitchComment(1, 'a', {}, { user_badges })]));
  expect(events(twitch)).toMatchObject([{ roles: [] }]);
  const author = { id: 'x', name: 'X', badges: inherited.map((title) => ({ title })) };
  const paid = inherited.map((sign) => newDownloaded(1, 'a', { author, money: { text: `${sign} 5` } }));
  const money = { type: 'superchat', amountMicros: 5_000_000, currency: '' };
  expect(events(await read(JSON.stringify(paid)))).toMatchObject(paid.map(() => money));
});
