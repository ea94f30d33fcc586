import { describe, expect, it } from 'vitest';
import { LUMA_BYTES } from '../../../src/demo/backdrop.ts';
import { readFrameId } from '../../../src/demo/frameid.ts';
import { loudness } from '../../../src/demo/loudness.ts';
import { painter } from '../../../src/demo/picture.ts';
import { DURATION_SEC, FPS, HEIGHT, MOMENTS, SAMPLE_RATE, WIDTH } from '../../../src/demo/plan.ts';
import { scenes } from '../../../src/demo/scenes.ts';
import { soundMaker } from '../../../src/demo/sound.ts';

const paint = painter();
const luma = (n: number): Uint8Array => paint(n).slice(0, LUMA_BYTES);
const lower = (n: number): Uint8Array => luma(n).subarray(WIDTH * 128);

function difference(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0) / a.length;
}

function rms(samples: Int16Array): number {
  return Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length) / 32_768;
}

describe('the picture', () => {
  it('carries the number of every frame, also under the flash of a moment', () => {
    for (const n of [0, 1, 999, 1300, 1301, 4301, DURATION_SEC * FPS - 1]) {
      expect(readFrameId({ data: luma(n), width: WIDTH, height: HEIGHT })).toBe(n);
    }
  });

  it('cuts before, at and after each moment, and holds still in between', () => {
    for (const moment of MOMENTS) {
      for (const cut of [moment - 8, moment, moment + 12]) {
        expect(difference(lower(cut * FPS - 1), lower(cut * FPS))).toBeGreaterThan(20);
        expect(difference(lower(cut * FPS + 3), lower(cut * FPS + 4))).toBeLessThan(1);
      }
    }
  });

  it('writes number and time for the eye, and they change', () => {
    const rows = (n: number): Uint8Array => luma(n).subarray(WIDTH * 26, WIDTH * 68);
    expect(difference(rows(0), rows(1))).toBeGreaterThan(0.5);
    expect(difference(rows(0), rows(10))).toBeGreaterThan(difference(rows(0), rows(1)) / 2);
  });

  it('has scenes from the start to the end, none of them empty', () => {
    const list = scenes();
    expect(list[0]?.fromSec).toBe(0);
    expect(list.filter((scene) => scene.label === 'MOMENT').map((scene) => scene.fromSec)).toEqual([...MOMENTS]);
    list.slice(1).forEach((scene, index) => {
      expect(scene.fromSec - (list[index]?.fromSec ?? 0)).toBeGreaterThanOrEqual(8);
      expect(scene.look).not.toBe(list[index]?.look);
    });
  });
});

describe('the sound', () => {
  it('clicks at the first sample of every second, above voice and cheer', () => {
    const make = soundMaker();
    for (const sec of [0, 1, 60, 131, 899]) {
      const samples = make(sec);
      const click = samples.subarray(0, 24).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const elsewhere = samples.subarray(SAMPLE_RATE / 50).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(click).toBeGreaterThan(14_000);
      expect(elsewhere).toBeLessThan(click);
    }
  });

  it('cheers after a moment and is silent between the clicks just before its build-up and after its echo', () => {
    const make = soundMaker();
    for (const moment of MOMENTS) {
      const talk = rms(make(moment - 1).slice(1000));
      expect(rms(make(moment + 1).slice(1000))).toBeGreaterThan(6 * talk);
      expect(rms(make(moment + 12).slice(1000, 40_000))).toBe(0);
      expect(rms(make(moment - 9).slice(10_000))).toBe(0);
    }
  });

  it('knows its loudness at any time, asked in any order', () => {
    const level = loudness();
    const times = [700.5, 3, 142.5, 121.5, 2, 4.5, 142.5];
    expect(times.map((sec) => level.voice(sec))).toEqual([0.035, 0.035, 0, 0, 0.035, 0, 0]);
    expect(times.map((sec) => level.cheer(sec) > 0)).toEqual([true, false, false, false, false, false, false]);
  });
});
