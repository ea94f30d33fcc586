import { chances, said } from '../chatstream.ts';
import { type Happening, reaction } from '../madebroadcast.ts';
import type { Attack } from './adversary.ts';

const copypasta = 'HE DID IT AGAIN LADIES AND GENTLEMEN WHAT A PLAY';

/** How long the reaction to a moment lasts. */
export const momentSec = 20;

/** A moment to which `people` react; a share of their messages is one text that they copy from each other. */
export const moment =
  (people: number, copiedShare = 0) =>
  ({ atSec, seed }: Attack): Happening[] => {
    const chance = chances(seed + 1);
    return reaction({ atSec, people, seed }).map((one) =>
      chance() < copiedShare ? { ...one, body: said(one.body.chat?.userId ?? '', copypasta) } : one,
    );
  };
