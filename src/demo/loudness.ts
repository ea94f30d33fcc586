import { BUILD_UP_SEC, DURATION_SEC, ECHO_SEC, MOMENTS } from './plan.ts';
import { seeded } from './random.ts';

/** Amplitudes from 0 to 1 at a time of the broadcast. */
export interface Loudness {
  /** Someone talks, with pauses of about a second between sentences. */
  voice(sec: number): number;
  /** The hall cheers after a moment. */
  cheer(sec: number): number;
}

const VOICE = 0.035;
const CHEER = 0.25;
const RISE_SEC = 0.4;
const HOLD_SEC = 5;
const PAUSE_SEC = 0.9;

interface Pause {
  readonly fromSec: number;
  readonly toSec: number;
}

export function loudness(): Loudness {
  const pauses = pausesInTalk();
  let next = 0;
  return {
    voice: (sec) => {
      if (sec < (pauses[next - 1]?.toSec ?? 0)) next = 0;
      while ((pauses[next]?.toSec ?? DURATION_SEC) <= sec && next < pauses.length) next++;
      return sec >= (pauses[next]?.fromSec ?? DURATION_SEC) ? 0 : VOICE;
    },
    cheer: (sec) => CHEER * MOMENTS.reduce((most, moment) => Math.max(most, cheerShape(sec - moment)), 0),
  };
}

/** Up within 0.4 s, held for 5 s, gone when the echo ends. */
function cheerShape(sinceSec: number): number {
  if (sinceSec < 0 || sinceSec >= ECHO_SEC) return 0;
  if (sinceSec < RISE_SEC) return sinceSec / RISE_SEC;
  return sinceSec < HOLD_SEC ? 1 : ((ECHO_SEC - sinceSec) / (ECHO_SEC - HOLD_SEC)) ** 2;
}

/** A pause after every sentence of 3 to 8 s, one before each build-up and one after each echo. */
function pausesInTalk(): readonly Pause[] {
  const chance = seeded(515);
  const starts = MOMENTS.flatMap((moment) => [moment - BUILD_UP_SEC - PAUSE_SEC, moment + ECHO_SEC]);
  for (let sec = 4; sec < DURATION_SEC; sec += PAUSE_SEC + 3 + 5 * chance.next()) {
    const near = MOMENTS.some((moment) => sec > moment - BUILD_UP_SEC - 3 && sec < moment + ECHO_SEC + 3);
    if (!near) starts.push(sec);
  }
  starts.sort((a, b) => a - b);
  return starts.map((fromSec) => ({ fromSec, toSec: fromSec + PAUSE_SEC }));
}
