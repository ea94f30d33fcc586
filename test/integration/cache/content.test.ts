import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkContent } from '../../../src/adapters/fetch/content/content.ts';
import { adtsFrames, box, fragment, id3Tag, initSection, transportStream } from '../../support/segments.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cliptide-content-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface How {
  readonly isWhole?: boolean;
  readonly wanted?: 'segment' | 'init';
}

/** The kind, or the code of the refusal. The content lies behind other bytes, as behind an initialisation section. */
async function found(bytes: Buffer, { isWhole = true, wanted = 'segment' }: How = {}): Promise<string> {
  const file = path.join(folder, 'content');
  const front = Buffer.from('in front');
  await writeFile(file, Buffer.concat([front, bytes]));
  const [from, to] = [front.length, front.length + bytes.length];
  return checkContent({ path: file, from, to, isWhole, wanted, where: 'there' }).catch(
    (error: { code: string }) => error.code,
  );
}

const html = Buffer.from(`<!DOCTYPE html><title>Sign in</title>${' '.repeat(400)}`);
const playlist = Buffer.from('#EXTM3U\n#EXTINF:2,\nhttp://169.254.169.254/\n');
const tagged = Buffer.concat([id3Tag(63), adtsFrames(40)]);
/** Longer than what is read at a time. */
const long = transportStream(1, 3000);

describe('media is what it is from its first byte to its last', () => {
  it.each([
    ['TS', long, 'ts'],
    ['TS of one packet', transportStream(1, 1), 'ts'],
    ['fragmented MP4', fragment(600_000), 'mp4'],
    ['an MP4 of its own', Buffer.concat([initSection(), box('mdat', 50)]), 'mp4'],
    ['ADTS', adtsFrames(3000), 'aac'],
    ['ADTS behind ID3', tagged, 'aac'],
    ['ADTS with ID3 in between, over many readings', Buffer.concat(Array.from({ length: 200 }, () => tagged)), 'aac'],
  ])('%s passes', async (_, bytes, kind) => {
    expect(await found(bytes)).toBe(kind);
  });

  it.each([
    ['TS with a web page for its tail', Buffer.concat([long, html, transportStream(1, 2)])],
    ['TS that is cut in a packet', long.subarray(0, -1)],
    ['long ADTS with a web page far behind', Buffer.concat([adtsFrames(4000), html, adtsFrames(9)])],
    ['TS with a page of whole packets in it', Buffer.concat([transportStream(1), Buffer.alloc(188, html)])],
    ['an ID3 tag alone', id3Tag(63)],
    ['an ID3 tag with a web page behind it', Buffer.concat([id3Tag(63), html])],
    ['an ID3 tag that says to be longer than all', id3Tag(127).subarray(0, 60)],
    ['one ADTS frame and then a web page', Buffer.concat([adtsFrames(1), html])],
    ['ADTS that is cut in a frame', adtsFrames(50).subarray(0, -1)],
    ['ADTS that is cut in a header', adtsFrames(50).subarray(0, 49 * 107 + 3)],
    ['a web page', html],
    ['a playlist', playlist],
    ['nothing', Buffer.alloc(0)],
    ['boxes without media', Buffer.concat([box('styp', 16), box('sidx', 40)])],
    ['a box and then a web page', Buffer.concat([fragment(), html])],
  ])('%s does not', async (_, bytes) => {
    expect(await found(bytes)).toBe('media');
  });

  it('an initialisation section is one where one is wanted, and no segment', async () => {
    expect(await found(initSection(), { wanted: 'init' })).toBe('init');
    expect(await found(initSection())).toBe('media');
    for (const bytes of [fragment(), long, tagged, html]) expect(await found(bytes, { wanted: 'init' })).toBe('media');
  });

  it('what is cut is tried again where nobody said how long it is, also with a box "to the end"', async () => {
    const unbounded = Buffer.from(fragment(5000));
    unbounded.writeUInt32BE(0, unbounded.length - 5008);
    expect(await found(unbounded)).toBe('mp4');
    expect(await found(unbounded, { isWhole: false })).toBe('media');
    for (const bytes of [long, fragment(), tagged]) {
      expect(await found(bytes.subarray(0, -1), { isWhole: false })).toBe('unavailable');
    }
  });

  it('no cut but the one between two parts passes, wherever it falls', async () => {
    const forms: readonly [Buffer, (cut: number) => boolean][] = [
      [transportStream(1, 8), (cut) => cut % 188 === 0],
      [adtsFrames(12), (cut) => cut % 107 === 0],
      [fragment(1000), () => false],
    ];
    const cuts = fc.tuple(fc.constantFrom(...forms), fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean());
    await fc.assert(
      fc.asyncProperty(cuts, async ([[bytes, isBoundary], share, isWhole]) => {
        const cut = 1 + Math.floor(share * (bytes.length - 2));
        const passes = ['ts', 'aac', 'mp4'].includes(await found(bytes.subarray(0, cut), { isWhole }));
        expect(passes).toBe(isBoundary(cut));
      }),
      { numRuns: 150 },
    );
  });
});
