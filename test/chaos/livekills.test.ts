import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { locateTool } from '../../src/adapters/ffmpeg/locate.ts';
import { isLong, seed } from '../support/chaos.ts';
import { CliProcess, cliptide, endProcesses, processesWith } from '../support/cliprocess.ts';
import { LiveBroadcast, makeSegments } from '../support/livebroadcast.ts';
import { seeded } from '../support/madechat.ts';
import { type Left, leftIn, rowsOf } from '../support/nodefolder.ts';
import { Receiver } from '../support/receiver.ts';

const work = mkdtempSync(join(tmpdir(), 'cliptide-livekills-'));
afterEach(endProcesses);
afterAll(() => rmSync(work, { recursive: true, force: true }));
const seconds = 300;
const kills = isLong ? 6 : 2;
const secret = `whsec_${Buffer.from('a secret of thirty-two bytes ...').toString('base64')}`;

let segments = '';
let oracle: Left;

/** What `live` leaves when nothing disturbs it and all is there at once. */
beforeAll(async () => {
  segments = await makeSegments((await locateTool('ffmpeg')).path, work, seconds);
  await using broadcast = await LiveBroadcast.open({ segments, events: join(work, 'whole'), seconds, window: 1_000 });
  broadcast.reach(seconds);
  const data = join(work, 'oracle');
  const args = ['live', '--events', join(work, 'whole'), '--hls', broadcast.url, '--data', data];
  expect(await cliptide(args, { cwd: work })).toMatchObject({ code: 0 });
  oracle = await leftIn(data);
}, 600_000);

test('the broadcast has moments to lose', () => {
  expect(oracle.clips.length).toBeGreaterThanOrEqual(2);
  expect(Object.values(oracle.states).every((state) => state === 'rendered')).toBe(true);
});

describe(`killed (-9) at random moments of a broadcast (seed ${seed})`, () => {
  test('`run` goes on where it was: the same highlights and clips, each once, in the log, the store and ClickHouse', async () => {
    const events = join(work, 'growing');
    await using broadcast = await LiveBroadcast.open({ segments, events, seconds, window: 60 });
    const { streamId, channelId } = broadcast.script;
    const sources = [{ streamId, channelId, events, hls: broadcast.url }];
    await using receiver = await Receiver.open(secret);
    receiver.failing = 3;
    const webhooks = [{ url: receiver.url, secret }];
    writeFileSync(join(work, 'cliptide.config.json'), JSON.stringify({ sources, webhooks }));
    const data = join(work, 'killed');
    const start = async () => {
      const process = new CliProcess(['run', '--data', data], { cwd: work });
      await process.prints(/^running;/m);
      broadcast.play(90);
      return process;
    };
    const random = seeded(seed);
    for (let kill = 0; kill < kills; kill += 1) {
      const process = await start();
      await new Promise((resolve) => setTimeout(resolve, 100 + random() * 1_000));
      broadcast.pause();
      expect(await process.kill('SIGKILL')).toBe('SIGKILL');
      broadcast.left();
    }
    const process = await start();
    await process.prints(/broadcast ended/);
    const wanted = oracle.clips.length;
    const count = 'SELECT clip_id, count() AS rows FROM clips GROUP BY clip_id ORDER BY clip_id';
    let rows = await rowsOf<{ clip_id: string; rows: string }>(data, count);
    while (rows.length < wanted) rows = await rowsOf(data, count);
    expect(rows.map((row) => [row.clip_id, Number(row.rows)])).toEqual(oracle.clips.map((clip) => [clip, 1]));
    await receiver.got(wanted);
    const second = await cliptide(['run', '--data', data], { cwd: work });
    expect(second).toMatchObject({ code: 1, err: expect.stringContaining(`process ${process.pid} owns this data`) });
    expect(second.err).toContain('to do: stop');
    expect(await process.kill('SIGTERM')).toBe(0);
    expect(processesWith(data)).toEqual([]);
    const left = await leftIn(data);
    expect(left).toEqual(oracle);
    expect(receiver.forged).toBe(0);
    // At least once, under one id a clip; a crash may repeat what was under way.
    expect([...receiver.taken.keys()].sort()).toEqual(oracle.clips.map((clip) => `clip_${clip}`));
    expect(Math.max(...receiver.taken.values())).toBeLessThanOrEqual(1 + kills);
  }, 600_000);
});
