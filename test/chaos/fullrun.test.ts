import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { locateTool } from '../../src/adapters/ffmpeg/locate.ts';
import { CliProcess, endProcesses } from '../support/cliprocess.ts';
import { LiveBroadcast, makeSegments } from '../support/livebroadcast.ts';
import { smallDisk } from '../support/smalldisk.ts';

const mebibyte = 1024 * 1024;
const disk = smallDisk(200 * mebibyte);
const work = mkdtempSync(join(tmpdir(), 'cliptide-fullrun-'));
afterEach(endProcesses);
afterAll(() => {
  disk?.[Symbol.dispose]();
  rmSync(work, { recursive: true, force: true });
});
if (disk === undefined) console.warn('skipped: promise 15 for `run`, which needs the right to mount a small disk');

/** Another user takes all that is left, whoever writes at the same time. */
function fill(file: string): void {
  try {
    while (true) appendFileSync(file, Buffer.alloc(4096));
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  }
}

describe.skipIf(disk === undefined)('promise 15: the whole disk is full in the middle of a broadcast', () => {
  test.each(['run', 'live'])(
    '`%s` waits for room and goes on where it was: no event is lost, none counts twice',
    async (command) => {
      const seconds = 300;
      const events = join(work, `${command}.ndjson`);
      const segments = await makeSegments(
        (await locateTool('ffmpeg')).path,
        mkdtempSync(join(work, 'media-')),
        seconds,
      );
      await using broadcast = await LiveBroadcast.open({ segments, events, seconds, window: 1_000 });
      const { streamId, channelId } = broadcast.script;
      const data = join(disk?.folder ?? '', command);
      const sources = [{ streamId, channelId, events, hls: broadcast.url }];
      writeFileSync(join(work, 'cliptide.config.json'), JSON.stringify({ sources, freeSpaceFloorBytes: mebibyte }));
      const what = command === 'run' ? [] : ['--events', events, '--hls', broadcast.url];
      broadcast.reach(100);
      await using process = new CliProcess([command, ...what, '--data', data], { cwd: work });
      await process.prints(/^on air/m);

      const others = join(disk?.folder ?? '', 'of-others');
      fill(others);
      broadcast.reach(seconds);
      // The log may have room within its own files still; the results have none.
      await process.prints(/"stage":"\w+","on":"(log|results)","error":"[^"]*(the disk is full|not enough space)/);
      fill(others);
      rmSync(others);
      await process.prints(/^sum of /m);
      const [, read, fates] = /^sum of \S+: (\d+) events: (.* ignored);/m.exec(process.out + process.err) ?? [];
      expect(fates).toBe(`${read} processed, 0 late, 0 duplicate, 0 dead, 0 ignored`);
      expect(Number(read)).toBeGreaterThan(500);
      if (command === 'run') process.signal('SIGINT');
      // What became of clips meanwhile, `live` tells by its exit code.
      expect(command === 'run' ? [0] : [0, 1, 3]).toContain(await process.ended);
    },
  );
});
