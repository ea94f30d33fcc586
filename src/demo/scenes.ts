import { BUILD_UP_SEC, DURATION_SEC, ECHO_SEC, MOMENTS } from './plan.ts';
import { seeded } from './random.ts';

/** A stretch of the broadcast with one picture; the next one begins with a cut. */
export interface Scene {
  readonly fromSec: number;
  readonly look: number;
  readonly label: 'LIVE' | 'BUILD UP' | 'MOMENT';
}

const LOOKS = 6;
const SHORTEST_SEC = 18;
const LONGEST_SEC = 32;

/** All scenes in order: ordinary ones of 18 to 50 s, and around each moment its build-up and its echo. */
export function scenes(): readonly Scene[] {
  const chance = seeded(2026);
  const list: Scene[] = [];
  const add = (fromSec: number, label: Scene['label']): void => {
    list.push({ fromSec, look: list.length % LOOKS, label });
  };
  let sec = 0;
  for (const moment of [...MOMENTS, DURATION_SEC + BUILD_UP_SEC]) {
    const buildUp = moment - BUILD_UP_SEC;
    add(sec, 'LIVE');
    for (;;) {
      sec += chance.whole(SHORTEST_SEC, LONGEST_SEC);
      if (sec > buildUp - SHORTEST_SEC) break;
      add(sec, 'LIVE');
    }
    if (buildUp >= DURATION_SEC) break;
    add(buildUp, 'BUILD UP');
    add(moment, 'MOMENT');
    sec = moment + ECHO_SEC;
  }
  return list;
}
