import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { chatRows, downloadedItem } from '../../support/chatrows.ts';
import { CliProcess, cliptide, endProcesses } from '../../support/cliprocess.ts';
import { rowsOf } from '../../support/ndjsonrows.ts';

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

test('live that waits since every line is damaged says what is wrong with the first one, and keeps them all as dead letters', async () => {
  const lines = ['18:00:00', '18:00:01'].map((time) => ({ kind: 'chat', atMs: `2026-05-01T${time}Z`, chat: {} }));
  writeFileSync(join(work, 'texts.ndjson'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const live = new CliProcess(['live', '--events', 'texts.ndjson', ...archive, '--data', 'c'], { cwd: work });
  await live.prints(/first damage: record 1, atMs is missing or no number\n {2}where: .*texts\.ndjson/);
  const event = { eventId: 'e', streamId: 's', channelId: 'c', source: 'chat', atMs: Date.UTC(2026, 4, 1, 18) };
  const viewers = { ...event, kind: 'viewers', viewers: { count: 5 } };
  appendFileSync(join(work, 'texts.ndjson'), `${JSON.stringify(viewers)}\n`);
  await live.prints(/on air: s/);
  // Its archive is never there: it may have ended by itself.
  await live.kill('SIGINT');
  expect(live.err.match(/first damage/g)).toHaveLength(1);
  const letters = rowsOf((await cliptide(['dead', 'list', '--data', 'c', '--json'], { cwd: work })).out).map(
    ({ offset, reason }) => [offset, reason],
  );
  expect(letters.sort()).toEqual([1, 2].map((line) => [line, 'atMs is missing or no number']));
});
