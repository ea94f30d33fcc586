import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { chatRows, downloadedItem } from '../../support/chatrows.ts';
import { CliProcess, cliptide, endProcesses } from '../../support/cliprocess.ts';

const work = mkdtempSync(join(tmpdir(), 'cliptide-wrong-events-'));
afterAll(() => {
  endProcesses();
  rmSync(work, { recursive: true, force: true });
});

const archive = ['--hls', 'http://127.0.0.1:9/none.m3u8'];
const chat = JSON.stringify(chatRows(60).map(downloadedItem));

test("live says what it was given when that is another tool's export, as a file and as standard input", async () => {
  writeFileSync(join(work, 'chat.json'), chat);
  const fromFile = await cliptide(['live', '--events', 'chat.json', ...archive, '--data', 'a'], { cwd: work });
  expect(fromFile.code).toBe(2);
  expect(fromFile.err).toMatch(
    /this is a chat export \(chat-downloader\)\n.*chat\.json\n.*to do:.*cliptide score FILE/,
  );
  // Standard input stays open: there is no end that could tell.
  const piped = new CliProcess(['live', '--events', '-', ...archive, '--data', 'b'], { cwd: work, input: chat });
  expect(await piped.ended).toBe(2);
  expect(piped.err).toMatch(/this is a chat export \(chat-downloader\)\n.*standard input\n/);
});
