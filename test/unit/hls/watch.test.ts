import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isPlaylistFile } from '../../../src/adapters/hls/load.ts';
import { type WatchOptions, watchArchive } from '../../../src/adapters/hls/watch.ts';
import { CliptideError } from '../../../src/domain/errors.ts';
import type { ArchiveEvent, ArchiveSegment } from '../../../src/domain/records.gen.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Fetcher } from '../../../src/ports/fetcher.ts';
import { quiet } from '../../support/mediacaches.ts';

const gone = new CliptideError('media-gone', 'HTTP 404');
const refused = new CliptideError('media-gone', 'HTTP 403', { status: 403 });
const away = new CliptideError('unavailable', 'HTTP 503');
type Answer = string | 'unchanged' | Error;

/** Answers each reading of the playlist with the next of these, the last one again and again. */
function scripted(answers: readonly Answer[]): Fetcher {
  let next = 0;
  return {
    get: () => Promise.reject(new Error('no segment is fetched by the watcher')),
    text: async (request) => {
      const answer = answers[Math.min(next, answers.length - 1)] ?? 'unchanged';
      next += 1;
      if (answer instanceof Error) throw answer;
      return answer === 'unchanged' ? answer : { url: request.url, text: answer, validators: {} };
    },
  };
}

/** A clock on which waiting takes no time. */
function hurriedClock(): Clock {
  let nowMs = 0;
  return {
    now: () => nowMs,
    sleep: async (ms, signal) => {
      if (signal?.aborted) throw new CliptideError('aborted', 'stopped');
      nowMs += ms;
    },
  };
}

/** A live playlist of two-second segments from `first` to `last`. */
function live(first: number, last: number, ...more: string[]): string {
  const names = Array.from({ length: last - first + 1 }, (_, k) => `#EXTINF:2,\ns${first + k}.ts`);
  return ['#EXTM3U', '#EXT-X-TARGETDURATION:2', `#EXT-X-MEDIA-SEQUENCE:${first}`, ...names, ...more].join('\n');
}

function options(answers: readonly Answer[], more: Partial<WatchOptions> = {}): WatchOptions {
  return {
    uri: 'http://origin.test/live/index.m3u8?token=1',
    streamId: 'stream',
    channelId: 'channel',
    clock: 'offset',
    zeroAtMs: 0,
    offsetMs: 0,
    live: true,
    fetcher: scripted(answers),
    time: hurriedClock(),
    logger: quiet,
    ...more,
  };
}

async function collect(watch: WatchOptions): Promise<ArchiveEvent[]> {
  const events: ArchiveEvent[] = [];
  for await (const batch of watchArchive(watch)) events.push(...batch);
  return events;
}
const segmentsOf = (events: readonly ArchiveEvent[]) => events.flatMap(({ segment }) => segment ?? []);
const names = (events: readonly ArchiveEvent[]) =>
  segmentsOf(events).map((s) => (s.gap ? 'gap' : s.media.uri.replace(/^.*\//, '')));

describe('following a live playlist', () => {
  it('gives each segment once while the window slides, placed in archive time, and ends with ENDLIST', async () => {
    const answers = [live(5, 7), 'unchanged' as const, live(6, 8), away, live(7, 9, '#EXT-X-ENDLIST')];
    const events = await collect(options(answers));
    expect(names(events)).toEqual(['s5.ts', 's6.ts', 's7.ts', 's8.ts', 's9.ts']);
    expect(segmentsOf(events).map((s) => s.startMs)).toEqual([0, 2000, 4000, 6000, 8000]);
    expect(events.map(({ kind }) => kind)).toEqual(['opened', ...Array(5).fill('segment'), 'ended']);
    expect(events.at(-1)?.ended).toEqual({ durationMs: 10_000 });
    expect(segmentsOf(events)[0]?.media.uri).toBe('http://origin.test/live/s5.ts');
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(events.length);
  });

  it('goes on after a restart without doubles, in the same archive time, with the same ids', async () => {
    const whole = await collect(options([live(0, 5, '#EXT-X-ENDLIST')]));
    const after = segmentsOf(whole)[3] as ArchiveSegment;
    const rest = await collect(options([live(2, 5, '#EXT-X-ENDLIST')], { after }));
    expect(rest.map(({ eventId, segment }) => [eventId, segment])).toEqual(
      whole.slice(5).map(({ eventId, segment }) => [eventId, segment]),
    );
  });

  it('keeps the archive’s time when segments slid out unseen: they become gaps', async () => {
    const events = await collect(options([live(0, 1), live(4, 5, '#EXT-X-ENDLIST')]));
    expect(names(events)).toEqual(['s0.ts', 's1.ts', 'gap', 'gap', 's4.ts', 's5.ts']);
    expect(segmentsOf(events).map((s) => s.sequence)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(segmentsOf(events)[4]?.startMs).toBe(8000);
  });

  it('ignores an old copy of the playlist, but joins a new numbering behind a break', async () => {
    const anew = live(0, 1, '#EXT-X-ENDLIST').replaceAll('s0', 't0').replaceAll('s1', 't1');
    const events = await collect(options([live(0, 3), live(0, 2), anew]));
    expect(names(events)).toEqual(['s0.ts', 's1.ts', 's2.ts', 's3.ts', 't0.ts', 't1.ts']);
    expect(segmentsOf(events).map((s) => [s.sequence, s.discontinuity])).toEqual([
      ...[0, 1, 2, 3].map((sequence) => [sequence, false]),
      [4, true],
      [5, false],
    ]);
  });

  it('knows muted segments by their name', async () => {
    const text = '#EXTM3U\n#EXTINF:2\n1-muted.ts?x=1\n#EXTINF:2\n2-unmuted.ts\n#EXT-X-ENDLIST';
    expect(segmentsOf(await collect(options([text]))).map((s) => s.muted)).toEqual([true, false]);
  });

  it('takes a playlist that was removed for the end of the broadcast', async () => {
    const events = await collect(options([live(0, 1), gone]));
    expect(events.at(-1)?.ended).toEqual({ durationMs: 4000 });
  });

  it('takes an expired token for no end: the master playlist is asked for a new one, and following goes on', async () => {
    const master = (token: string) => `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8?t=${token}`;
    const better = '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=9\nhigh.m3u8?t=b\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8?t=b';
    const answers = [master('a'), live(0, 1), refused, better, live(1, 2), refused, away, refused, better];
    const asked: string[] = [];
    const watch = options([...answers, live(3, 4, '#EXT-X-ENDLIST')]);
    const { text } = watch.fetcher;
    const fetcher: Fetcher = {
      ...watch.fetcher,
      text: (request, known) => {
        asked.push(request.url.replace(/^.*\//, ''));
        return text(request, known);
      },
    };
    const events = await collect({ ...watch, fetcher });
    expect(names(events)).toEqual(['s0.ts', 's1.ts', 's2.ts', 's3.ts', 's4.ts']);
    expect(events[0]?.opened?.source).toBe('http://origin.test/live/index.m3u8?token=1');
    const [given, old, anew] = ['index.m3u8?token=1', 'low.m3u8?t=a', 'low.m3u8?t=b'];
    expect(asked).toEqual([given, old, old, given, anew, anew, given, anew, given, anew]);
  });

  it('says that a playlist stays refused, instead of recording an end', async () => {
    const kinds: string[] = [];
    const watching = async () => {
      for await (const batch of watchArchive(options([live(0, 1), refused])))
        kinds.push(...batch.map(({ kind }) => kind));
    };
    await expect(watching()).rejects.toMatchObject({ code: 'unavailable', message: /403/, hint: /token/ });
    expect(kinds).toEqual(['opened', 'segment', 'segment']);
  });

  it('shows the token of an address in no error and no log line', async () => {
    const lines: string[] = [];
    const note = (message: string, fields: unknown) => void lines.push(message + JSON.stringify(fields));
    const logger = { ...quiet, warn: note, info: note, error: note };
    const texts = ['<html>', '#EXTM3U', '#EXTM3U\n#EXT-X-KEY:METHOD=SAMPLE-AES\na.ts', '#EXTM3U\nftp://x/y?token=1'];
    const master =
      '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",URI="a?token=1"\n#EXT-X-STREAM-INF:AUDIO="a"\nv?token=1';
    for (const answers of [
      ...texts.map((text) => [text]),
      [master, '<html>'],
      [master, master],
      [master, live(0, 1), away],
    ]) {
      const error = await collect(options(answers, { live: answers.length === 3, logger })).catch((reason) => reason);
      expect(error).toBeInstanceOf(CliptideError);
      lines.push(`${error.message} ${JSON.stringify(error)}`);
    }
    expect(lines.length).toBeGreaterThan(8);
    expect(lines.filter((line) => line.includes('token=1'))).toEqual([]);
  });

  it('gives up with a clear error when the origin stays away', async () => {
    await expect(collect(options([live(0, 1), away]))).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('waits for an origin that is away at a restart, but not at the first start', async () => {
    const [, first] = await collect(options([live(0, 0, '#EXT-X-ENDLIST')]));
    const after = first?.segment as ArchiveSegment;
    expect(names(await collect(options([away, away, live(0, 1, '#EXT-X-ENDLIST')], { after })))).toEqual(['s1.ts']);
    await expect(collect(options([away, live(0, 1)]))).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('reads once more at the operator’s stop and ends; a shutdown ends nothing', async () => {
    const stop = AbortSignal.abort();
    const stopped = await collect(options([live(0, 1)], { stop }));
    expect(stopped.map(({ kind }) => kind)).toEqual(['opened', 'segment', 'segment', 'ended']);
    const shutdown = new AbortController();
    const kinds: string[] = [];
    for await (const batch of watchArchive(options([live(0, 1)], { signal: shutdown.signal }))) {
      kinds.push(...batch.map(({ kind }) => kind));
      shutdown.abort();
    }
    expect(kinds).not.toContain('ended');
  });
});

describe('recordings and refusals', () => {
  it('reads a recording without ENDLIST once', async () => {
    const events = await collect(options([live(0, 2), gone], { live: false }));
    expect(events.map(({ kind }) => kind)).toEqual(['opened', 'segment', 'segment', 'segment', 'ended']);
  });

  it('follows the best variant of a master playlist', async () => {
    const master =
      '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=2,CODECS="avc1"\nv/high.m3u8';
    const events = await collect(options([master, live(0, 0, '#EXT-X-ENDLIST')]));
    expect(events[0]?.opened).toMatchObject({ uri: 'http://origin.test/live/low.m3u8', hasAudio: true });
  });

  it('archives the sound of variants that have none beside them, also behind a restart, and does without it', async () => {
    const media = '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="g",URI="sound.m3u8"';
    const master = `#EXTM3U\n${media}\n#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="g",RESOLUTION=1x1,CODECS="avc1,mp4a"\nv.m3u8`;
    const heard = (events: readonly ArchiveEvent[]) => events.flatMap(({ sound }) => sound ?? []);
    const sound = live(3, 5).replaceAll('.ts', '.aac');
    const ended = live(1, 2, '#EXT-X-ENDLIST');
    const first = await collect(options([master, ended, sound]));
    expect(names(first)).toEqual(['s1.ts', 's2.ts']);
    expect(heard(first).map(({ media, startMs }) => [media.uri.replace(/^.*\//, ''), startMs])).toEqual([
      ...[
        ['s3.aac', 0],
        ['s4.aac', 2_000],
        ['s5.aac', 4_000],
      ],
    ]);
    expect(first[0]?.opened).toMatchObject({ hasVideo: true, hasAudio: false });
    const [, afterSound] = heard(first) as [ArchiveSegment, ArchiveSegment];
    const after = segmentsOf(first)[1] as ArchiveSegment;
    const again = await collect(options([master, ended, sound], { after, afterSound }));
    expect(again.map(({ eventId }) => eventId)).toEqual(first.slice(-2).map(({ eventId }) => eventId));
    expect(heard(await collect(options([master, ended, gone])))).toEqual([]);
  });

  it('asks for the sound’s new address when its token has expired', async () => {
    const media = '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="g",URI="sound.m3u8"';
    const master = `#EXTM3U\n${media}\n#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="g",RESOLUTION=1x1,CODECS="avc1,mp4a"\nv.m3u8`;
    const sound = (first: number, last: number) => live(first, last).replaceAll('.ts', '.aac');
    const end = live(2, 2, '#EXT-X-ENDLIST');
    const again = [refused, master, live(0, 1), sound(1, 2)];
    const events = await collect(options([master, live(0, 1), sound(0, 1), live(0, 1), ...again, end, 'unchanged']));
    expect(names(events)).toEqual(['s0.ts', 's1.ts', 's2.ts']);
    expect(events.flatMap((event) => event.sound?.media.uri.replace(/^.*\//, '') ?? [])).toEqual([
      's0.aac',
      's1.aac',
      's2.aac',
    ]);
  });

  it('rejects what is missing, no playlist, empty, or leads from the network to files', async () => {
    await expect(collect(options([gone]))).rejects.toMatchObject({ code: 'media-gone' });
    await expect(collect(options(['<html>']))).rejects.toMatchObject({ code: 'input' });
    await expect(collect(options(['#EXTM3U\n'], { live: false }))).rejects.toMatchObject({ code: 'input' });
    const evil = '#EXTM3U\n#EXTINF:2,\nfile:///etc/passwd';
    await expect(collect(options([evil], { live: false }))).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('reads local playlists, recognised by content, with files beside them', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'cliptide-hls-'));
    try {
      const file = path.join(folder, 'list.txt');
      await writeFile(file, `\uFEFF${live(0, 0)}`);
      expect(await isPlaylistFile(file)).toBe(true);
      expect(await isPlaylistFile(path.join(folder, 'none'))).toBe(false);
      const events = await collect(options([], { uri: file, live: false }));
      expect(segmentsOf(events)[0]?.media.uri).toBe(path.join(folder, 's0.ts'));
      await expect(collect(options([], { uri: `${file}x` }))).rejects.toMatchObject({ code: 'input' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
