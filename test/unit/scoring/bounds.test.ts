import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../../../src/domain/scoring/bytes.ts';
import { Copies } from '../../../src/domain/scoring/copies.ts';
import { defaultModel, weightsOf } from '../../../src/domain/scoring/model.ts';
import { SettingsHistory } from '../../../src/domain/scoring/settings.ts';
import { Stream } from '../../../src/domain/scoring/stream.ts';
import { Voices } from '../../../src/domain/scoring/voices.ts';
import { chances, liveEvent, said, started } from '../../support/chatstream.ts';

describe('one user is one voice', () => {
  it('two messages count in any 10 s, the third when the first is 10 s old', () => {
    const voices = new Voices();
    expect([0, 1, 2, 9, 10, 10, 11].map((second) => voices.allow(7, second))).toEqual([
      true,
      true,
      false,
      false,
      true,
      false,
      true,
    ]);
  });

  it('others are not affected, nor are deleted accounts, which are many people', () => {
    const voices = new Voices();
    for (let i = 0; i < 20; i += 1) voices.allow(7, 0);
    expect(voices.allow(8, 0)).toBe(true);
    expect(Array.from({ length: 20 }, () => voices.allow(0, 0))).not.toContain(false);
  });
});

describe('copied text', () => {
  it('counts twice, and again when half a minute passed without it', () => {
    const copies = new Copies();
    expect([0, 5, 6, 30, 55, 86, 87].map((second) => copies.allow({ least: 98, greatest: 99 }, second))).toEqual([
      true,
      true,
      false,
      false,
      false,
      true,
      true,
    ]);
  });

  it('is known by either half of its signature, and a message without one is none', () => {
    const copies = new Copies();
    const allowed = (least: number, greatest: number): boolean => copies.allow({ least, greatest }, 0);
    expect([allowed(-5, 1), allowed(-5, 2), allowed(-5, 3)]).toEqual([true, true, false]);
    expect([allowed(-9, 8), allowed(-8, 8), allowed(-7, 8)]).toEqual([true, true, false]);
    expect(Array.from({ length: 9 }, () => allowed(0, 0))).not.toContain(false);
    expect([allowed(4, 4), allowed(4, 4), allowed(4, 4)]).toEqual([true, true, false]);
  });
});

describe('the size of a broadcast’s state', () => {
  const bytesOf = (stream: Stream): Uint8Array => {
    const out = new ByteWriter();
    stream.write(out);
    return out.finish();
  };

  it('stays under 32 KiB with a million chatters at 100 messages a second, whatever they write', () => {
    const chance = chances(4);
    const stream = new Stream(weightsOf(defaultModel), 2000);
    const settings = new SettingsHistory();
    stream.start(liveEvent('start', 0, started).atMs, '');
    let worst = 0;
    const perSecond = 100;
    for (let i = 0; i < 600 * perSecond; i += 1) {
      const loud = i % 20_000 < 2000;
      const words = Array.from({ length: 1 + Math.floor(chance() * 7) }, () => `w${Math.floor(chance() ** 3 * 9000)}`);
      const text = loud ? `POG ${words[0] ?? ''}` : words.join(' ');
      const event = liveEvent(`id-${i}`, i / perSecond, said(`u${Math.floor(chance() * 1e6)}`, text));
      stream.take({ event, partition: 0, offset: i });
      stream.advance(settings);
      if (i % 1000 === 999) worst = Math.max(worst, bytesOf(stream).length);
    }
    expect(worst).toBeLessThan(32 * 1024);
    expect(worst).toBeGreaterThan(4 * 1024);
  });

  it('stays bounded when a flood of long messages meets a source that holds the watermark; none is lost', () => {
    const stream = new Stream(weightsOf(defaultModel), 2000);
    const settings = new SettingsHistory();
    const silent = { ...liveEvent('v', 0, { kind: 'viewers', viewers: { count: 1 } }), source: 'viewers' };
    stream.take({ event: silent, partition: 0, offset: 0 });
    for (let i = 0; i < 6000; i += 1) {
      const event = liveEvent(`id-${i}`, 1 + i / 1000, said(`u${i}`, '哈'.repeat(i % 3 === 0 ? 300 : 20)));
      stream.take({ event, partition: 0, offset: i });
      stream.advance(settings);
    }
    expect(bytesOf(stream).length).toBeLessThan(300 * 1024);
    stream.end(0, settings);
    expect(stream.fates.sum(null)).toMatchObject({ read: 6001, processed: 6001 });
  });

  it('is the same bytes after it was read back', () => {
    const stream = new Stream(weightsOf(defaultModel), 2000);
    const settings = new SettingsHistory();
    for (let i = 0; i < 900; i += 1) {
      stream.take({ event: liveEvent(`id-${i}`, i / 3, said(`u${i % 50}`, `wow ${i}`)), partition: 0, offset: i });
      stream.advance(settings);
    }
    stream.take({ event: liveEvent('ahead', 4000, said('u1', '\ud83d half')), partition: 3, offset: 7 });
    const bytes = bytesOf(stream);
    expect(bytesOf(Stream.read(new ByteReader(bytes), weightsOf(defaultModel)))).toEqual(bytes);
  });

  it('that is cut short is recognised as damaged', () => {
    const bytes = bytesOf(new Stream(weightsOf(defaultModel), 2000));
    expect(() => Stream.read(new ByteReader(bytes.slice(0, 9)), weightsOf(defaultModel))).toThrowError(/ends early/);
  });
});

describe('bytes', () => {
  it('give back every number and text that went in', () => {
    const out = new ByteWriter();
    const numbers = [0, 1, 127, 128, 2 ** 32, Number.MAX_SAFE_INTEGER];
    for (const value of numbers) out.uint(value);
    for (const value of [-1, 0, 5, -(2 ** 40)]) out.int(value);
    out.text('žluťoučký 🐎');
    out.optional(null);
    const input = new ByteReader(out.finish());
    expect(numbers.map(() => input.uint())).toEqual(numbers);
    expect([0, 1, 2, 3].map(() => input.int())).toEqual([-1, 0, 5, -(2 ** 40)]);
    expect([input.text(), input.optional()]).toEqual(['žluťoučký 🐎', null]);
  });
});
