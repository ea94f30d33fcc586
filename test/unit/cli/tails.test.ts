import { describe, expect, it } from 'vitest';
import { checkTails, checkWindow } from '../../../src/cli/checks/tails.ts';
import type { Config } from '../../../src/config/config.ts';
import type { Fetcher } from '../../../src/ports/fetcher.ts';

type Checked = Pick<Config, 'tail' | 'sources' | 'data' | 'scoring'>;

function config(channels: number, cacheCapBytes: number, tail: Partial<Config['tail']> = {}): Checked {
  const source = { streamId: 's', channelId: 'c', events: '', hls: '', category: '', startedAtMs: undefined };
  return {
    tail: { seconds: 120, capBytes: 90e6, ...tail },
    sources: Array.from({ length: channels }, () => source),
    data: { dir: '', capBytes: 0, freeSpaceFloorBytes: 0, cacheCapBytes },
    scoring: { highlightsPerHour: 1, latenessMs: 2_000, models: [] },
  };
}

describe('doctor on tails', () => {
  it('does the sum, and warns where it is more than the cache can pin', () => {
    const found = expect.stringContaining('at most 27.0 GB and 1.80 Gb/s');
    expect(checkTails(config(300, 50e9))).toMatchObject({ status: 'ok', found });
    const todo = expect.stringContaining('raise cacheCapBytes to 45.0 GB');
    expect(checkTails(config(300, 30e9))).toMatchObject({ status: 'warn', found, todo });
  });

  it('warns of a tail that is shorter than clips need', () => {
    expect(checkTails(config(1, 1e9, { seconds: 30 }))).toMatchObject({ status: 'warn', found: /^30 s/ });
    expect(checkTails(config(1, 1e9, { seconds: 0 }))).toMatchObject({ status: 'warn', todo: /tail.seconds to 92/ });
    expect(checkTails(config(0, 1e9, { seconds: 0 }))).toMatchObject({ status: 'ok' });
  });

  it('reads the window of each source’s playlist, and warns where neither it nor a tail is long enough', async () => {
    const text = ['#EXTM3U', '#EXT-X-MEDIA-SEQUENCE:9', ...Array(15).fill('#EXTINF:2,\na.ts')].join('\n');
    const answering = (answer: string): Fetcher => ({
      get: () => Promise.reject(new Error('no segment is fetched')),
      text: async ({ url }) => ({ url, text: answer, validators: {} }),
    });
    const source = { streamId: 's', hls: 'https://o.test/x.m3u8?token=secret' };
    const check = (answer: string, tail?: Partial<Config['tail']>) =>
      checkWindow(source, config(1, 1e9, tail), answering(answer));
    expect(await check(text)).toMatchObject({ status: 'ok', found: 'lists 30 s; a tail of 120 s is kept' });
    expect(await check(text, { seconds: 60 })).toMatchObject({
      status: 'warn',
      found: 'lists 30 s, and clips need 92 s',
    });
    expect(await check(text.replace(':9', ':0'), { seconds: 0 })).toMatchObject({ status: 'ok' });
    const broken = await check('<html>');
    expect(broken).toMatchObject({ status: 'warn', found: /no HLS playlist/ });
    expect(broken.found).not.toContain('secret');
  });
});
