import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePlaylist } from '../../../src/adapters/hls/parse.ts';
import { SegmentTracker } from '../../../src/adapters/hls/tracker.ts';

function media(...lines: string[]) {
  const parsed = parsePlaylist(
    ['#EXTM3U', '#EXT-X-TARGETDURATION:4', ...lines].join('\n'),
    'https://o.test/x.m3u8?t=1',
  );
  if (parsed.kind !== 'media') throw new Error('a master playlist');
  return parsed;
}
const keysOf = (...lines: string[]) => media(...lines).segments.map((segment) => segment.media.key);
const hex = (number: number) => number.toString(16).padStart(32, '0');
const aes = '#EXT-X-KEY:METHOD=AES-128,URI="k"';

describe('which key a segment has', () => {
  it('has its media sequence number as its vector, unless the key names one', () => {
    expect(
      keysOf('#EXT-X-MEDIA-SEQUENCE:255', 'plain.ts', aes, 'a.ts', 'b.ts', `${aes},IV=0xAB`, 'c.ts', 'd.ts'),
    ).toEqual([null, ...[256, 257, 0xab, 0xab].map((iv) => ({ uri: 'k', iv: hex(iv) }))]);
  });

  it('changes with each EXT-X-KEY, and ends with METHOD=NONE', () => {
    const other = '#EXT-X-KEY:METHOD=AES-128,URI="https://keys.test/2?token=x"';
    const uris = keysOf(aes, 'a.ts', other, 'b.ts', '#EXT-X-KEY:METHOD=NONE', 'c.ts', aes, 'd.ts').map(
      (key) => key?.uri,
    );
    expect(uris).toEqual(['k', 'https://keys.test/2?token=x', undefined, 'k']);
  });

  it('numbers the vector as the playlist does, also where the archive counts on behind a new numbering', () => {
    const tracker = new SegmentTracker();
    const base = 'https://o.test/live/x.m3u8';
    const names = (name: string) => ['#EXT-X-MEDIA-SEQUENCE:7', aes, `${name}7.ts`, `${name}8.ts`];
    const first = tracker.take({
      base,
      playlist: media(...names('a').slice(0, 2), ...Array.from({ length: 300 }, (_, k) => `a${k}.ts`)),
    });
    const second = tracker.take({ base, playlist: media(...names('b')) });
    expect(first[0]?.segment).toMatchObject({
      sequence: 7,
      media: { key: { uri: 'https://o.test/live/k', iv: hex(7) } },
    });
    expect(second.map(({ segment }) => [segment.sequence, segment.media.key?.iv])).toEqual([
      [307, hex(7)],
      [308, hex(8)],
    ]);
  });

  it('is the vector of the number that every client would take, whatever the playlist looks like', () => {
    const keyed = fc.option(fc.option(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n })), { nil: undefined });
    fc.assert(
      fc.property(fc.nat(2 ** 31), fc.array(keyed, { minLength: 1, maxLength: 30 }), (from, changes) => {
        let explicit: bigint | null | undefined;
        const expected: (string | undefined)[] = [];
        const lines = changes.flatMap((change, index) => {
          if (change !== undefined) explicit = change;
          const iv = explicit === null ? BigInt(from + index) : explicit;
          expected.push(iv?.toString(16).padStart(32, '0'));
          const tag = typeof change === 'bigint' ? `${aes},IV=0X${change.toString(16)}` : aes;
          return change === undefined ? [`${index}.ts`] : [tag, `${index}.ts`];
        });
        expect(keysOf(`#EXT-X-MEDIA-SEQUENCE:${from}`, ...lines).map((key) => key?.iv)).toEqual(expected);
      }),
    );
  });

  it('applies to an initialisation section behind it where it names a vector; without one that is plain', () => {
    const map = '#EXT-X-MAP:URI="i.mp4"';
    const { segments } = media(map, `${aes},IV=0x1`, 'a.m4s', map, 'b.m4s', aes, map, 'c.m4s');
    expect(segments.map(({ init }) => init?.key ?? null)).toEqual([null, { uri: 'k', iv: hex(1) }, null]);
  });

  it('is the one in the format identity where a segment can be read with several', () => {
    const apple = '#EXT-X-KEY:METHOD=AES-128,URI="skd://x",KEYFORMAT="com.apple.streamingkeydelivery"';
    expect(keysOf(apple, aes, 'a.ts')).toEqual([{ uri: 'k', iv: hex(0) }]);
    expect(() => keysOf(apple, 'a.ts')).toThrow(/AES-128, KEYFORMAT=com.apple.streamingkeydelivery/);
  });
});

describe('what is not read is refused by name', () => {
  it.each([
    ['#EXT-X-KEY:METHOD=SAMPLE-AES,URI="k"', /METHOD=SAMPLE-AES/],
    [
      '#EXT-X-KEY:METHOD=SAMPLE-AES-CTR,URI="data:x",KEYFORMAT="urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed"',
      /SAMPLE-AES-CTR, KEYFORMAT=urn:uuid:edef8ba9/,
    ],
    ['#EXT-X-KEY:METHOD=AES-256,URI="k"', /METHOD=AES-256/],
    ['#EXT-X-KEY:URI="k"', /METHOD=unknown/],
    ['#EXT-X-KEY:METHOD=AES-128', /lacks an address/],
    [`${aes},IV=1234`, /lacks a vector/],
    [`${aes},IV=0x${'1'.repeat(33)}`, /lacks a vector/],
    [`${aes},KEYFORMATVERSIONS="2/5"`, /versions 2\/5/],
  ])('%s', (line, message) => {
    expect(() => keysOf(line, 'a.ts')).toThrow(
      expect.objectContaining({ code: 'media', message: expect.stringMatching(message) }),
    );
    expect(keysOf(line, '#EXT-X-KEY:METHOD=NONE', 'a.ts')).toEqual([null]);
  });

  it('a master playlist whose session keys are all of such kinds', () => {
    const master = (...lines: string[]) =>
      parsePlaylist(['#EXTM3U', ...lines, '#EXT-X-STREAM-INF:BANDWIDTH=1', 'a.m3u8'].join('\n'), 'x');
    const widevine = '#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES-CTR,URI="data:x",KEYFORMAT="com.widevine"';
    expect(() => master(widevine)).toThrow(
      expect.objectContaining({ code: 'media', message: expect.stringMatching(/SAMPLE-AES-CTR/) }),
    );
    expect(master(widevine, '#EXT-X-SESSION-KEY:METHOD=AES-128,URI="k"').kind).toBe('master');
  });
});
