import { join } from 'node:path';
import type { Output } from '../../src/runtime/stage.ts';
import type { Adversary } from '../support/abuse/adversary.ts';
import { middle, outcomeIn } from '../support/abuse/trial.ts';
import { chatLines, setsIn } from '../support/chatset.ts';
import { said } from '../support/chatstream.ts';
import { broadcastOf, type Happening } from '../support/madebroadcast.ts';
import { outputsOf } from '../support/scorestage.ts';

const longestSec = 2400;
/** Where in a chat the attack begins. */
const place = 0.6;
/** Every fourth chat of a set. */
const every = 4;

interface RealChat {
  readonly happenings: readonly Happening[];
  readonly endSec: number;
  readonly atSec: number;
  /** What it gives when nobody attacks it. */
  readonly outputs: readonly Output[];
}

function readChat(file: string): RealChat {
  const all = [...chatLines(file)].map(({ second, user, text }) => ({ second, body: said(user, text) }));
  const happenings = all.filter(({ second }) => second < longestSec);
  const endSec = (happenings.at(-1)?.second ?? 0) + 1;
  const outputs = outputsOf(broadcastOf(happenings, endSec));
  return { happenings, endSec, atSec: Math.floor(place * endSec), outputs };
}

/** What an attack makes of real chats. */
export interface RealOutcome {
  /** Chats with a highlight in the attack's time, when there is none and when there is one. */
  readonly without: number;
  readonly found: number;
  /** The middle change of the margin. */
  readonly change: number;
}

/** The first forty minutes of every fourth chat of the sets, each attacked once. */
export function realChats(data: string) {
  const files = setsIn(data).flatMap(({ set, files }) =>
    files.filter((_, i) => i % every === 0).map((file) => join(data, set, file)),
  );
  const chats = files.map(readChat);
  const attack = ({ lengthSec, happenings }: Pick<Adversary, 'lengthSec' | 'happenings'>): RealOutcome => {
    const outcomes = chats.map((chat, i) => {
      const added = happenings({ atSec: chat.atSec, seed: 17 * (i + 1) });
      const outputs = outputsOf(broadcastOf([...chat.happenings, ...added], chat.endSec));
      const span = { atSec: chat.atSec, lengthSec };
      return { usual: outcomeIn(chat.outputs, span), attacked: outcomeIn(outputs, span) };
    });
    return {
      without: outcomes.filter(({ usual }) => usual.highlights > 0).length,
      found: outcomes.filter(({ attacked }) => attacked.highlights > 0).length,
      change: middle(outcomes.map(({ usual, attacked }) => attacked.margin - usual.margin)),
    };
  };
  return { count: chats.length, attack };
}
