import { appendFile, open, rename, truncate, unlink, writeFile } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { type FollowOptions, followNdjson } from '../../../src/adapters/chatfile/follow.ts';
import type { SourceItem } from '../../../src/ports/source.ts';
import { lines, nativeChat } from './fixtures.ts';
import { tempFolder } from './reading.ts';

/** A followed source whose items can be waited for one after the other. */
async function following(path: string, options: FollowOptions = {}) {
  const abort = new AbortController();
  const source = await followNdjson(path, { pollMs: 20, ...options });
  const items = flat(source.items(abort.signal));
  const next = async (): Promise<SourceItem | undefined> => (await items.next()).value;
  return { next, stop: () => abort.abort(), format: source.format };
}

async function* flat(batches: AsyncIterable<readonly SourceItem[]>): AsyncGenerator<SourceItem, undefined> {
  for await (const batch of batches) yield* batch;
}

const record = (position: number, text: string) => ({
  kind: 'native',
  position,
  event: { kind: 'chat', chat: { text } },
});

describe('following NDJSON while it is written', () => {
  const { file, path } = tempFolder();

  test('what is appended comes as it comes, a half line only when it is whole, until the signal aborts', async () => {
    const name = await file(lines(nativeChat(1, 'a')));
    const { next, stop, format } = await following(name);
    expect(format).toBe('ndjson');
    expect(await next()).toMatchObject(record(1, 'a'));
    const second = next();
    const line = lines(nativeChat(2, 'b'));
    await appendFile(name, line.slice(0, 12));
    await appendFile(name, line.slice(12));
    expect(await second).toMatchObject(record(2, 'b'));
    await appendFile(name, `{"broken\n${lines(nativeChat(3, 'c'))}{"kind":"chat"`);
    expect(await next()).toMatchObject({ kind: 'damaged', position: 3 });
    expect(await next()).toMatchObject(record(4, 'c'));
    const last = next();
    stop();
    expect(await last).toBeUndefined();
  });

  test('a record that says the stream ended is the last one', async () => {
    const name = await file(lines(nativeChat(1, 'a'), { kind: 'streamEnded', atMs: 2 }, nativeChat(3, 'after')));
    const { next } = await following(name);
    expect(await next()).toMatchObject(record(1, 'a'));
    expect(await next()).toMatchObject({ kind: 'native', event: { kind: 'streamEnded' } });
    expect(await next()).toBeUndefined();
  });

  test('an empty file is waited for', async () => {
    const name = await file('');
    const { next, stop } = await following(name);
    const first = next();
    await writeFile(name, lines(nativeChat(1, 'a')));
    expect(await first).toMatchObject(record(1, 'a'));
    stop();
  });

  test('a file that becomes shorter is refused, since records would be lost', async () => {
    const name = await file(lines(nativeChat(1, 'a')));
    const { next } = await following(name);
    await next();
    const failing = next();
    await truncate(name, 3);
    await expect(failing).rejects.toMatchObject({ code: 'input', message: expect.stringContaining('shorter') });
  });

  test('a file that is replaced by another is refused, since nobody writes to the old one any more', async () => {
    const name = await file(lines(nativeChat(1, 'a')));
    const { next } = await following(name);
    await next();
    const failing = next();
    await rename(await file(lines(nativeChat(2, 'b'))), name);
    await expect(failing).rejects.toMatchObject({ code: 'input', message: expect.stringContaining('replaced') });
  });

  test('a file that is taken away is read on: who has it open may still write to it', async () => {
    const name = await file(lines(nativeChat(1, 'a')));
    const writer = await open(name, 'a');
    const { next, stop } = await following(name);
    await next();
    const second = next();
    await unlink(name);
    await writer.appendFile(lines(nativeChat(2, 'b')));
    expect(await second).toMatchObject(record(2, 'b'));
    await writer.close();
    stop();
  });

  test('a missing file or a folder is refused at once', async () => {
    // What grows is not read through gzip.
    const refused = { code: 'input', hint: expect.stringMatching(/an event a line, not compressed/) };
    await expect(followNdjson(`${await path}/none`)).rejects.toMatchObject(refused);
    await expect(followNdjson(await path)).rejects.toMatchObject(refused);
  });

  test('standard input is read to its end, its last line without a newline too', async () => {
    const input = new PassThrough();
    const { next } = await following('-', { input });
    input.write(lines(nativeChat(1, 'a')));
    expect(await next()).toMatchObject(record(1, 'a'));
    input.end(JSON.stringify(nativeChat(2, 'b')));
    expect(await next()).toMatchObject(record(2, 'b'));
    expect(await next()).toBeUndefined();
  });

  test('waiting for standard input ends when the signal aborts', async () => {
    const input = new PassThrough();
    const { next, stop } = await following('-', { input });
    const first = next();
    stop();
    expect(await first).toBeUndefined();
    expect(input.destroyed).toBe(true);
  });
});
