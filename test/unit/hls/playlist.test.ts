import { describe, expect, it } from 'vitest';
import { bestVariant, sameVariant, soundOf } from '../../../src/adapters/hls/master.ts';
import { parsePlaylist } from '../../../src/adapters/hls/parse.ts';

function media(...lines: string[]) {
  const parsed = parsePlaylist(['#EXTM3U', '#EXT-X-TARGETDURATION:4', ...lines].join('\n'), 'test.m3u8');
  if (parsed.kind !== 'media') throw new Error('a master playlist');
  return parsed;
}
function master(...lines: string[]) {
  const parsed = parsePlaylist(['#EXTM3U', ...lines].join('\n'), 'test.m3u8');
  if (parsed.kind !== 'master') throw new Error('a media playlist');
  return bestVariant(parsed, 'test.m3u8');
}
const durations = (...lines: string[]) => media(...lines).segments.map((segment) => segment.durationMs);

describe('what is no playlist', () => {
  it('is refused with advice that holds for `live`, too, which takes no video file', () => {
    const hint = expect.stringMatching(/^An HLS media or master playlist is wanted here/);
    expect(() => parsePlaylist('<html>', 'page.html')).toThrow(expect.objectContaining({ code: 'input', hint }));
  });
});

describe('media playlists as they are found', () => {
  it('reads durations without a comma, and replaces missing, negative and meaningless ones by the target', () => {
    expect(durations('#EXTINF:2.5', 'a.ts', '#EXTINF:2.000000,', 'b.ts', '#EXTINF:0,', 'c.ts')).toEqual([
      2500, 2000, 0,
    ]);
    expect(durations('a.ts', '#EXTINF:-1,', 'b.ts', '#EXTINF:x,', 'c.ts')).toEqual([4000, 4000, 4000]);
    expect(durations('#EXTINF:1e300,', 'a.ts', '#EXTINF:Infinity,', 'b.ts')).toEqual([4000, 4000]);
    expect(durations('#EXTINF:9.5,longer than the target', 'a.ts')).toEqual([9500]);
  });

  it('survives a byte order mark, CRLF, spaces in tags, ## comments and unknown tags', () => {
    const text =
      '\uFEFF#EXTM3U\r\n#EXT-X-VERSION: 10\r\n## made by hand\r\n#EXT-X-NEW:1\r\n\r\n#EXTINF: 2,\r\n a.ts \r\n';
    const parsed = parsePlaylist(text, 'x');
    expect(parsed).toMatchObject({ kind: 'media', segments: [{ media: { uri: 'a.ts' }, durationMs: 2000 }] });
  });

  it('counts from zero without a media sequence, and never ends without ENDLIST unless its type is VOD', () => {
    expect(media('#EXTINF:2,', 'a.ts')).toMatchObject({ mediaSequence: 0, ended: false });
    expect(media('#EXT-X-MEDIA-SEQUENCE:77', '#EXT-X-ENDLIST')).toMatchObject({ mediaSequence: 77, ended: true });
    expect(media('#EXT-X-PLAYLIST-TYPE:VOD', '#EXTINF:2,', 'a.ts').ended).toBe(true);
    expect(media('#EXT-X-PLAYLIST-TYPE:EVENT', '#EXTINF:2,', 'a.ts').ended).toBe(false);
  });

  it('continues byte ranges within one resource only', () => {
    const { segments } = media(
      ...['#EXT-X-BYTERANGE:100@50', 'a.mp4', '#EXT-X-BYTERANGE:70', 'a.mp4', '#EXT-X-BYTERANGE:30', 'b.mp4', 'c.ts'],
    );
    expect(segments.map(({ media }) => [media.uri, media.offset, media.length])).toEqual([
      ['a.mp4', 50, 100],
      ['a.mp4', 150, 70],
      ['b.mp4', 0, 30],
      ['c.ts', null, null],
    ]);
  });

  it('puts each initialisation section, with its byte range, to the segments behind it', () => {
    const { segments } = media(
      ...['#EXT-X-MAP:URI="i.mp4",BYTERANGE="720@0"', 'a.m4s', 'b.m4s', '#EXT-X-MAP:URI="j.mp4"', 'c.m4s'],
    );
    const init = { uri: 'i.mp4', offset: 0, length: 720, key: null };
    const whole = { uri: 'j.mp4', offset: null, length: null, key: null };
    expect(segments.map((segment) => segment.init)).toEqual([init, init, whole]);
  });

  it('marks gaps and breaks, counts breaks, and takes no part or date range for a segment', () => {
    const { segments } = media(
      ...['#EXT-X-DISCONTINUITY-SEQUENCE:3', '#EXT-X-DATERANGE:ID="ad",START-DATE="2026-01-01T00:00:00Z"', 'a.ts'],
      ...['#EXT-X-GAP', '#EXT-X-DISCONTINUITY', 'b.ts', '#EXT-X-PART:DURATION=0.5,URI="p.ts"', 'c.ts'],
      ...['#EXT-X-PRELOAD-HINT:TYPE=PART,URI="q.ts"'],
    );
    expect(segments.map((s) => [s.media.uri, s.gap, s.discontinuity, s.discontinuitySequence])).toEqual([
      ['a.ts', false, false, 3],
      ['b.ts', true, true, 4],
      ['c.ts', false, false, 4],
    ]);
  });

  it('reads date-times with and without zone, fraction and T', () => {
    const times = ['2018-03-01T20:00:00', '2018-03-01 20:00:00.5Z', '2018-03-01T22:00:00.500000+0200', 'yesterday'];
    const { segments } = media(...times.flatMap((time) => [`#EXT-X-PROGRAM-DATE-TIME:${time}`, `${time}.ts`]));
    const at = Date.UTC(2018, 2, 1, 20);
    expect(segments.map((segment) => segment.programDateTimeMs)).toEqual([at, at + 500, at + 500, null]);
  });

  it('says what is accepted when it is no playlist', () => {
    expect(() => parsePlaylist('<html>', 'http://x/y')).toThrow(
      expect.objectContaining({ code: 'input', where: 'http://x/y', hint: expect.stringContaining('HLS') }),
    );
  });
});

describe('master playlists', () => {
  const video = 'CODECS="avc1.4D401F,mp4a.40.2",RESOLUTION=1280x720';

  it('takes the highest bandwidth, and picture before bare sound', () => {
    const best = master(
      ...[`#EXT-X-STREAM-INF:BANDWIDTH=800000,${video}`, 'low.m3u8'],
      ...['#EXT-X-STREAM-INF:BANDWIDTH=9000000,CODECS="mp4a.40.2"', 'sound.m3u8'],
      ...[`#EXT-X-STREAM-INF:BANDWIDTH=6000000,NAME="a,b",${video}`, 'high.m3u8'],
    );
    expect(best).toEqual({ uri: 'high.m3u8', bandwidth: 6_000_000, hasVideo: true, hasAudio: true, sound: null });
  });

  it('takes the best that is allowed, else the smallest', () => {
    const text = [9, 3, 6, 2].flatMap((mega) => [`#EXT-X-STREAM-INF:BANDWIDTH=${mega}000000,${video}`, `${mega}.m3u8`]);
    const parsed = parsePlaylist(['#EXTM3U', ...text].join('\n'), 'x');
    if (parsed.kind !== 'master') throw new Error('a media playlist');
    const taken = [1e9, 6e6, 5e6, 1e6].map((most) => bestVariant(parsed, 'x', most).uri);
    expect(taken).toEqual(['9.m3u8', '6.m3u8', '3.m3u8', '2.m3u8']);
    expect(sameVariant(parsed, 'https://o.test/x', 'https://o.test/2.m3u8?token=1').uri).toBe('2.m3u8');
    expect(sameVariant(parsed, 'https://o.test/x', 'https://o.test/gone.m3u8', 5e6).uri).toBe('3.m3u8');
  });

  it('prefers a variant that has its sound in itself', () => {
    const best = master(
      ...['#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="aud",NAME="en",URI="en.m3u8"'],
      ...[`#EXT-X-STREAM-INF:BANDWIDTH=6000000,AUDIO="aud",${video}`, 'apart.m3u8'],
      ...[`#EXT-X-STREAM-INF:BANDWIDTH=3000000,${video}`, 'together.m3u8'],
    );
    expect(best.uri).toBe('together.m3u8');
  });

  describe('whose sound can be had alone', () => {
    const inf = (attributes: string, uri: string) => [`#EXT-X-STREAM-INF:${attributes}`, uri];
    const sound = (...lines: string[]) => {
      const parsed = parsePlaylist(['#EXTM3U', ...lines].join('\n'), 'test.m3u8');
      if (parsed.kind !== 'master') throw new Error('a media playlist');
      const best = bestVariant(parsed, 'test.m3u8');
      return [best.hasAudio, soundOf(parsed, best)];
    };
    const group = (attributes: string) => `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="g",${attributes}`;
    const apart = inf(`BANDWIDTH=9,AUDIO="g",${video}`, 'v.m3u8');

    it('name the rendition that is played unless one chooses', () => {
      expect(sound(group('URI="fr"'), group('URI="en",DEFAULT=YES'), ...apart)).toEqual([false, 'en']);
      expect(sound(group('URI="fr"'), group('URI="en"'), ...apart)).toEqual([false, 'fr']);
    });

    it('have it in themselves where one of the group has no address', () => {
      expect(sound(group('URI="fr"'), group('DEFAULT=YES'), ...apart)).toEqual([true, null]);
      expect(sound('#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="g",URI="s"', ...apart)).toEqual([true, null]);
    });

    it('may also list a variant without picture', () => {
      const bare = [...inf('BANDWIDTH=1,CODECS="mp4a.40.2"', 'low'), ...inf('BANDWIDTH=2,CODECS="mp4a.40.2"', 'good')];
      expect(sound(...bare, ...inf(`BANDWIDTH=9,${video}`, 'v.m3u8'))).toEqual([true, 'good']);
      expect(sound(...bare)).toEqual([true, null]);
    });
  });
});
