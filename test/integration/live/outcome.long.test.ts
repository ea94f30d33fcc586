import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { locateTool } from '../../../src/adapters/ffmpeg/locate.ts';
import { CliProcess, cliptide, endProcesses } from '../../support/cliprocess.ts';
import { LiveBroadcast, makeSegments } from '../../support/livebroadcast.ts';
import { rowsOf as printed } from '../../support/ndjsonrows.ts';
import { rowsOf } from '../../support/nodefolder.ts';

/** With a space, as a person's folders have them. */
const work = mkdtempSync(join(tmpdir(), 'cliptide live é-'));
const seconds = 300;
let broadcast: LiveBroadcast;

beforeAll(async () => {
  const segments = await makeSegments((await locateTool('ffmpeg')).path, work, seconds);
  broadcast = await LiveBroadcast.open({ segments, events: join(work, 'events.ndjson'), seconds, window: 1_000 });
  broadcast.reach(seconds);
});
afterEach(endProcesses);
afterAll(async () => {
  await broadcast[Symbol.asyncDispose]();
  rmSync(work, { recursive: true, force: true });
});

const live = (data: string, config: object) => {
  writeFileSync(join(work, `${data}.json`), JSON.stringify({ dataDir: data, ...config }));
  return ['--config', `${data}.json`, 'live', '--events', 'events.ndjson', '--hls', broadcast.url];
};

test('`live` ends with 3 where a budget refuses a clip, says how many, and tries no more; `run` on its folder does', async () => {
  const args = live('refused', { budget: { clipCount: 1 } });
  const first = await cliptide(args, { cwd: work });
  expect(first.err).toMatch(/2 highlights; 1 of 2 clips made, 1 refused by a budget or for want of space$/m);
  expect(first.err).toMatch(
    /^live does not try again what was refused.*\n {2}to do: .*npx cliptide --config refused\.json run --data '/m,
  );
  expect(first.code).toBe(3);
  const second = await cliptide([...args, '--json'], { cwd: work });
  expect(second.err).toMatch(/^sum of .*; 1 of 2 clips made, 1 refused/m);
  expect(second.code).toBe(3);
  const sums = { kind: 'summary', highlights: 2, clipsWanted: 2, clipsMade: 1, clipsRefused: 1, clipsFailed: 0 };
  const { streamId } = broadcast.script;
  expect(printed(second.out).at(-1)).toMatchObject({ ...sums, streamId, read: expect.any(Number) });

  const { channelId } = broadcast.script;
  const [, set = ''] = /to do: raise the budget: npx cliptide (budget set .*) --data/.exec(first.err) ?? [];
  expect(set).toBe(`budget set ${channelId} clipCount=AMOUNT`);
  const raised = set.replace('AMOUNT', '5').split(' ');
  expect((await cliptide([...raised, '--data', 'refused'], { cwd: work })).code).toBe(0);
  await using run = new CliProcess(['run', '--data', 'refused'], { cwd: work });
  await run.prints(/^running;/m);
  const made = "SELECT count() AS made FROM clips WHERE outcome = 'done'";
  let rows: readonly { made: unknown }[] = [];
  while (Number(rows[0]?.made ?? 0) < 2) rows = await rowsOf(join(work, 'refused'), made);
  expect(await run.kill('SIGTERM')).toBe(0);
}, 240_000);

test('Ctrl-C says how many clips are open, and that the same command goes on with them', async () => {
  writeFileSync(join(work, 'all.ndjson'), `${broadcast.lines.join('\n')}\n`);
  // The archive has not come to the moments yet.
  const { segments } = broadcast.options;
  const unused = join(work, 'unused.ndjson');
  await using behind = await LiveBroadcast.open({ segments, events: unused, seconds, window: 1_000 });
  behind.reach(60);
  const args = ['live', '--events', 'all.ndjson', '--hls', behind.url, '--data', 'open'];
  await using process = new CliProcess(args, { cwd: work });
  await process.prints(/highlight at[\s\S]*highlight at/);
  expect(await process.kill('SIGINT')).toBe(130);
  expect(process.err).toMatch(/^the clips of 2 highlights are open; the same command goes on with them$/m);
  behind.reach(seconds);
  const again = await cliptide(args, { cwd: work });
  expect(again.err).toMatch(/; 2 of 2 clips made$/m);
  expect(again.code).toBe(0);
});

test('`run` with two sources names the broadcast of each highlight and clip, and gives the sum of both', async () => {
  const { streamId, channelId } = broadcast.script;
  const ids = { streamId: 'second', channelId: 'channel-2' };
  const second = broadcast.lines.map((line) => JSON.stringify({ ...JSON.parse(line), ...ids }));
  writeFileSync(join(work, 'second.ndjson'), `${second.join('\n')}\n`);
  const sources = [
    { streamId, channelId, events: 'events.ndjson', hls: broadcast.url },
    { ...ids, events: 'second.ndjson', hls: broadcast.url },
  ];
  writeFileSync(join(work, 'two.json'), JSON.stringify({ dataDir: 'two', sources }));
  await using run = new CliProcess(['--config', 'two.json', 'run'], { cwd: work });
  for (const id of [streamId, ids.streamId]) {
    await run.prints(new RegExp(`^sum of ${id}: \\d+ events: .*; 2 highlights; 2 of 2 clips made$`, 'm'));
    await run.prints(new RegExp(`^${id}: highlight at 00:0`, 'm'));
    await run.prints(new RegExp(`^${id}: clip source "`, 'm'));
  }
  expect(run.err).not.toMatch(/^(highlight|clip) /m);
  expect(await run.kill('SIGTERM')).toBe(0);
});
