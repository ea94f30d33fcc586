import { execFileSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { followNdjson } from '../../../src/adapters/chatfile/follow.ts';
import { openChatFile } from '../../../src/adapters/chatfile/open.ts';
import { describeWithPrograms } from '../../support/programs.ts';
import { lines, nativeChat } from './fixtures.ts';
import { readFile, tempFolder, texts } from './reading.ts';

// Windows has no named pipes in its file system, and no such program.
describeWithPrograms(['mkfifo'], 'named pipes', () => {
  const { path } = tempFolder();
  const pipe = async (name: string): Promise<string> => {
    const made = join(await path, name);
    execFileSync('mkfifo', [made]);
    return made;
  };

  test('a pipe is read as a file is, once somebody writes to it', async () => {
    const name = await pipe('chat');
    const reading = readFile(name);
    createWriteStream(name).end('1\tu\ta\n2\tu\tb\n');
    expect(texts((await reading).items)).toEqual(['a', 'b']);
  });

  test('waiting for a writer can be stopped', async () => {
    const abort = new AbortController();
    const opening = openChatFile(await pipe('silent'), { signal: abort.signal });
    abort.abort();
    await expect(opening).rejects.toMatchObject({ code: 'aborted' });
  });

  test('events are followed through a pipe to its end, and it goes on after a restart', async () => {
    const name = await pipe('events');
    const source = await followNdjson(name);
    expect(source.goesOn).toBe(true);
    const writer = createWriteStream(name);
    writer.write(lines(nativeChat(1, 'a')));
    const seen: number[] = [];
    for await (const items of source.items()) {
      seen.push(...items.map(({ position }) => position));
      if (seen.length === 1) writer.end(lines(nativeChat(2, 'b')));
    }
    expect(seen).toEqual([1, 2]);
  });
});
