import { loudness } from './loudness.ts';
import { SAMPLE_RATE } from './plan.ts';
import { seeded } from './random.ts';

/** Loudness is constant for this many samples, 5 ms. */
const STEP = SAMPLE_RATE / 200;
const CLICK_HZ = 2000;
const CLICK_SEC = 0.02;
const CLICK = 0.7;
const VOICE_HZ = 140;
const SYLLABLES_HZ = 4;
/** One-pole low-pass that keeps the cheer's peaks well below the clicks. */
const SOFTEN = 0.12;
const CHEER_SEC = 3;

/**
 * Second `sec` of the sound as 16-bit samples, one channel: voice with pauses, cheers at the moments, and a click of
 * 20 ms that begins with the first sample. The array returned is used again by the next call.
 */
export function soundMaker(): (sec: number) => Int16Array {
  const level = loudness();
  const voice = voiceTable();
  const crowd = crowdTable();
  const click = clickTable();
  const second = new Int16Array(SAMPLE_RATE);
  return (sec) => {
    const shift = (sec % CHEER_SEC) * SAMPLE_RATE;
    for (let from = 0; from < SAMPLE_RATE; from += STEP) {
      const time = sec + from / SAMPLE_RATE;
      const talk = level.voice(time);
      const cheer = level.cheer(time);
      for (let i = from; i < from + STEP; i++) {
        const value = talk * (voice[i] ?? 0) + cheer * (crowd[shift + i] ?? 0) + (click[i] ?? 0);
        second[i] = Math.round(value * 32_767);
      }
    }
    return second;
  };
}

/** A hum with harmonics in syllables; whole numbers of periods, so that seconds join. */
function voiceTable(): Float32Array {
  return Float32Array.from({ length: SAMPLE_RATE }, (_, i) => {
    const turn = (2 * Math.PI * i) / SAMPLE_RATE;
    const tone = Math.sin(VOICE_HZ * turn) + 0.5 * Math.sin(3 * VOICE_HZ * turn) + 0.3 * Math.sin(5 * VOICE_HZ * turn);
    return (tone / 1.8) * (0.6 - 0.4 * Math.cos(SYLLABLES_HZ * turn));
  });
}

function crowdTable(): Float32Array {
  const chance = seeded(88);
  let soft = 0;
  return Float32Array.from({ length: CHEER_SEC * SAMPLE_RATE }, () => {
    soft += SOFTEN * (2 * chance.next() - 1 - soft);
    return 2 * soft;
  });
}

function clickTable(): Float32Array {
  return Float32Array.from({ length: CLICK_SEC * SAMPLE_RATE }, (_, i) => {
    const fade = 1 - i / (CLICK_SEC * SAMPLE_RATE);
    return CLICK * fade * Math.cos((2 * Math.PI * CLICK_HZ * i) / SAMPLE_RATE);
  });
}
