import { expect, it } from 'vitest';
import { parsePlaylist } from '../../../src/adapters/hls/parse.ts';
import { SegmentTracker } from '../../../src/adapters/hls/tracker.ts';

/** What the tracker says of the window with each segment of these readings, one after the other. */
function windows(...texts: readonly string[]): (number | null)[] {
  const tracker = new SegmentTracker();
  return texts.flatMap((text) => {
    const playlist = parsePlaylist(`#EXTM3U\n${text}`, 'x');
    if (playlist.kind === 'master') throw new Error('a master playlist');
    return tracker.take({ base: 'https://o.test/x', playlist }).map(({ segment }) => segment.windowMs);
  });
}
const list = (first: number, count: number, ...more: string[]) =>
  [
    `#EXT-X-MEDIA-SEQUENCE:${first}`,
    ...more,
    ...Array.from({ length: count }, (_, k) => `#EXTINF:2,\n${first + k}.ts`),
  ].join('\n');

it('is what a playlist lists once segments have left it, and unknown while none has or none will', () => {
  expect(windows(list(0, 2), list(0, 3), list(1, 3), list(3, 4))).toEqual([
    null,
    null,
    null,
    6_000,
    8_000,
    8_000,
    8_000,
  ]);
  expect(windows(list(7, 2, '#EXT-X-PLAYLIST-TYPE:EVENT'), `${list(7, 3)}\n#EXT-X-ENDLIST`)).toEqual([
    null,
    null,
    null,
  ]);
});
