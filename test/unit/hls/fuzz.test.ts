import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parsePlaylist } from '../../../src/adapters/hls/parse.ts';
import { SegmentTracker } from '../../../src/adapters/hls/tracker.ts';
import { CliptideError } from '../../../src/domain/errors.ts';
import { cpuMsOf } from '../../support/cputime.ts';

const tags = [
  ...['#EXTINF:', '#EXT-X-BYTERANGE:', '#EXT-X-MAP:', '#EXT-X-PROGRAM-DATE-TIME:', '#EXT-X-MEDIA-SEQUENCE:', '##'],
  ...['#EXT-X-TARGETDURATION:', '#EXT-X-STREAM-INF:', '#EXT-X-MEDIA:', '#EXT-X-GAP', '#EXT-X-DISCONTINUITY', ''],
  ...['#EXT-X-DISCONTINUITY-SEQUENCE:', '#EXT-X-KEY:', '#EXT-X-ENDLIST', '#EXT-X-PLAYLIST-TYPE:', '#EXT'],
];
const values = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.double().map(String),
  fc.constantFrom(
    'METHOD=NONE',
    'URI="a.mp4",BYTERANGE="9@1"',
    'BANDWIDTH=1',
    '99999999999999999999',
    '5@',
    '"',
    'VOD',
  ),
);
const lines = fc.tuple(fc.constantFrom(...tags), values).map(([tag, value]) => tag + value);
const texts = fc.array(lines, { maxLength: 40 }).map((all) => ['#EXTM3U', ...all].join('\n'));

it('makes of any playlist either an error that names the playlist, or segments in order without holes', () => {
  fc.assert(
    fc.property(texts, texts, (first, second) => {
      const tracker = new SegmentTracker();
      const seen = [];
      for (const text of [first, second]) {
        try {
          const playlist = parsePlaylist(text, 'http://origin.test/x.m3u8');
          if (playlist.kind === 'master') continue;
          seen.push(...tracker.take({ base: 'http://origin.test/x.m3u8', playlist }));
        } catch (error) {
          expect(error).toBeInstanceOf(CliptideError);
          return;
        }
      }
      let endMs = 0;
      for (const [index, { segment }] of seen.entries()) {
        expect(segment.sequence).toBe((seen[0]?.segment.sequence ?? 0) + index);
        expect(segment.startMs).toBe(endMs);
        expect(segment.durationMs).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(segment.durationMs)).toBe(true);
        endMs = segment.startMs + segment.durationMs;
      }
    }),
  );
});

it('refuses beyond its bounds what would only cost memory', () => {
  const refused = (lines: readonly string[]) =>
    expect(() => parsePlaylist(['#EXTM3U', ...lines].join('\n'), 'http://o.test/x?t=1')).toThrow(
      expect.objectContaining({
        code: 'input',
        where: 'http://o.test/x',
        message: expect.stringMatching(/^The playlist has /),
      }),
    );
  refused(['a'.repeat(70_000)]);
  refused(Array(500_001).fill('a'));
  refused(Array(1_000_001).fill('#EXT'));
  refused(Array(10_001).fill('#EXT-X-MAP:URI="i"'));
  refused(Array(1_001).fill('#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8'));
});

it('is not slowed down by lines made for it', async () => {
  const long = 'a'.repeat(65_000);
  const text = ['#EXTM3U', ...Array(200).fill(`#EXT-X-MEDIA:${long}`), ...Array(200).fill(`#EXT-X-STREAM-INF:${long}`)];
  expect(await cpuMsOf(() => parsePlaylist(text.join('\n'), 'x'))).toBeLessThan(5_000);
});
