import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { locateTool } from '../../src/adapters/ffmpeg/locate.ts';
import { CliProcess, cliptide, endProcesses, processesWith } from '../support/cliprocess.ts';
import { LiveBroadcast, makeSegments } from '../support/livebroadcast.ts';
import { leftIn } from '../support/nodefolder.ts';
import { Receiver } from '../support/receiver.ts';

const work = mkdtempSync(join(tmpdir(), 'cliptide-operator-'));
afterEach(endProcesses);
afterAll(() => rmSync(work, { recursive: true, force: true }));
const seconds = 300;
const secret = `whsec_${Buffer.from('a secret of thirty-two bytes ...').toString('base64')}`;
let segments = '';
beforeAll(async () => {
  segments = await makeSegments((await locateTool('ffmpeg')).path, work, seconds);
});

/** Resolves when ffmpeg works in this data folder. */
async function rendering(data: string): Promise<void> {
  while (!processesWith(join(data, 'work')).some((line) => line.includes('ffmpeg'))) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Whether it has ended within so many milliseconds. */
const within = (process: CliProcess, ms: number) =>
  Promise.race([process.ended, new Promise((resolve) => setTimeout(resolve, ms, 'still there'))]);

test('`run` outlives sources that fail, is stopped in the middle of a render, by two Ctrl-C, and loses nothing', async () => {
  const events = join(work, 'events');
  await using broadcast = await LiveBroadcast.open({ segments, events, seconds, window: 1_000 });
  await using receiver = await Receiver.open(secret);
  const { streamId, channelId } = broadcast.script;
  const missing = { streamId: 'none', channelId: 'none', events: join(work, 'no-such-file'), hls: broadcast.url };
  const sources = [missing, { streamId, channelId, events, hls: broadcast.url }];
  writeFileSync(
    join(work, 'cliptide.config.json'),
    // Long enough that what ends before it was not ended by it, however busy the machine is.
    JSON.stringify({ sources, webhooks: [{ url: receiver.url, secret }], shutdownDeadlineMs: 60_000 }),
  );
  const data = join(work, 'data');
  // Standard input holds what is another's, as in a shell's loop over a list.
  const start = () => new CliProcess(['run', '--data', data], { cwd: work, input: 'the next item of a list\n' });
  broadcast.broken = 404;
  broadcast.reach(seconds);

  const first = start();
  await first.prints(/archive failed; trying again/);
  expect(first.err).toMatch(/"streamId":"none".*source failed; trying again/);
  broadcast.broken = undefined;
  await rendering(data);
  const before = performance.now();
  expect(await first.kill('SIGTERM'), first.err).toBe(0);
  expect(performance.now() - before).toBeLessThan(30_000);
  expect(processesWith(data)).toEqual([]);

  receiver.silent = true;
  const second = start();
  await receiver.asked();
  second.signal('SIGINT');
  expect(await within(second, 200)).toBe('still there');
  // Of two that come to a busy process within a tenth of a second the second counts for nothing: it is pressed again.
  do second.signal('SIGINT');
  while ((await within(second, 500)) === 'still there');
  expect(await second.ended).toBe('SIGINT');

  receiver.silent = false;
  const third = start();
  await receiver.got(2);
  expect(await third.kill('SIGTERM'), third.err).toBe(0);
  const { clips, stored, states, segments: archived } = await leftIn(data);
  expect(clips.length).toBe(2);
  expect(stored).toEqual(clips);
  expect(new Set(Object.values(states))).toEqual(new Set(['rendered']));
  expect(archived).toEqual(archived.map((_, index) => index));
  expect([...receiver.taken.keys()].sort()).toEqual(clips.map((clip) => `clip_${clip}`));
  const sql = await cliptide(['sql', '--data', data, '--format', 'CSV', 'SELECT count() FROM clips'], { cwd: work });
  expect(sql).toMatchObject({ code: 0, out: '2\n' });
});

test('`live` from a pipe: Ctrl-C cleans up and ends with 130; what comes after it is taken up, what comes again is harmless', async () => {
  await using broadcast = await LiveBroadcast.open({ segments, events: join(work, 'unused'), seconds, window: 1_000 });
  broadcast.reach(seconds);
  const data = join(work, 'piped');
  const args = ['live', '--events', '-', '--hls', broadcast.url, '--data', data];
  const middle = Math.floor(broadcast.lines.length * 0.6);
  const lines = (from: number, to?: number) => `${broadcast.lines.slice(from, to).join('\n')}\n`;
  const first = new CliProcess(args, { cwd: work, input: lines(0, middle) });
  await first.prints(/highlight at/);
  expect(await first.kill('SIGINT'), first.err).toBe(130);
  expect(processesWith(data)).toEqual([]);
  const second = new CliProcess(args, { cwd: work, input: lines(middle - 100) });
  expect(await second.ended, second.err).toBe(0);
  const [told] = /highlight at 00:02:\d\d/.exec(first.err) ?? [];
  expect(second.err.split('\n').filter((line) => told !== undefined && line.startsWith(told)).length).toBe(1);
  const { clips, states } = await leftIn(data);
  expect(clips.length).toBe(2);
  expect(Object.keys(states).length).toBe(2);
});

test('Ctrl-C to the demo ends it with 130 and leaves neither a process nor a folder', async () => {
  const demo = new CliProcess(['demo'], { cwd: work, env: { TMPDIR: work } });
  await demo.prints(/on air/);
  expect(await demo.kill('SIGINT'), demo.err).toBe(130);
  expect(readdirSync(work).filter((name) => /^cliptide-(demo|origin)-/.test(name))).toEqual([]);
  expect(processesWith(join(work, 'cliptide-'))).toEqual([]);
});
