import { isHit } from '../../domain/quality/labels.ts';
import type { ChatMessage } from './chatset.ts';
import { readVideo } from './chatset.ts';
import type { EvaluatedVideo } from './evaluation.ts';
import type { MeasuredSets } from './reading.ts';
import type { SetResult } from './run.ts';

/** A moment that was told and is none, or is one and was not told. */
export interface Mistake {
  readonly kind: 'told' | 'missed';
  readonly set: string;
  readonly id: string;
  /** Where it was said to begin, or where its label begins. */
  readonly startSec: number;
  readonly score: number | null;
  /** Seconds to the nearest label's window; null of a miss, or where there is no label. */
  readonly awaySec: number | null;
  /** Up to 30 of the messages around it, from all over the time that is shown. */
  readonly chat: readonly ChatMessage[];
  /** How many messages there are in that time. */
  readonly said: number;
}

interface Found extends Omit<Mistake, 'chat' | 'said'> {
  /** Until when the chat is shown. */
  readonly untilSec: number;
}

const most = 30;
const mostLines = 30;
/** Chat is shown from so long before a moment to so long after where it was said to begin, or after the label's end. */
const shownBeforeSec = 10;
const shownAfterToldSec = 40;
const shownAfterLabelSec = 20;

function toldInVain(set: string, { video, online }: EvaluatedVideo): readonly Found[] {
  const { id, rule, labels } = video;
  return online.predictions.flatMap(({ startSec, score }): Found[] => {
    if (isHit(rule, labels, startSec)) return [];
    const away = labels.map((label) =>
      startSec < label.startSec ? label.startSec - rule.beforeSec - startSec : startSec - label.endSec - rule.afterSec,
    );
    const awaySec = away.length === 0 ? null : Math.min(...away);
    return [{ kind: 'told', set, id, startSec, score, awaySec, untilSec: startSec + shownAfterToldSec }];
  });
}

function missed(set: string, { video, online }: EvaluatedVideo): readonly Found[] {
  const { id, rule, labels } = video;
  return labels
    .filter((label) => !online.predictions.some(({ startSec }) => isHit(rule, [label], startSec)))
    .map(({ startSec, endSec }): Found => {
      const untilSec = Math.max(startSec, endSec) + shownAfterLabelSec;
      return { kind: 'missed', set, id, startSec, score: null, awaySec: null, untilSec };
    });
}

/** Up to `most` of a list, spread evenly over it. */
function spread<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list;
  return list.filter((_, i) => Math.floor((i * most) / list.length) !== Math.floor(((i - 1) * most) / list.length));
}

/**
 * The worst of what was told in vain (by score) and misses from all over, with the chat around them. Each set counts once:
 * with its category known, where it has one.
 */
export async function worstMoments(
  sets: MeasuredSets,
  results: readonly SetResult[],
  signal: AbortSignal,
): Promise<readonly Mistake[]> {
  const once = results.filter((result) => results.find(({ set }) => set === result.set) === result);
  const told = once.flatMap(({ set, evaluated }) => evaluated.flatMap((one) => toldInVain(set, one)));
  const worst = told.sort((a, b) => (b.score ?? 0) - (a.score ?? 0)).slice(0, most);
  const misses = spread(
    once.flatMap(({ set, evaluated }) => evaluated.flatMap((one) => missed(set, one))),
    most,
  );
  const mistakes: Mistake[] = [];
  for (const found of [...worst, ...misses]) {
    signal.throwIfAborted();
    const { untilSec: _, ...mistake } = found;
    const around = await chatAround(sets, found);
    mistakes.push({ ...mistake, chat: spread(around, mostLines), said: around.length });
  }
  return mistakes;
}

async function chatAround(sets: MeasuredSets, { set, id, startSec, untilSec }: Found): Promise<readonly ChatMessage[]> {
  const from = sets.sets.find(({ name }) => name === set);
  if (from === undefined) return [];
  const { messages } = await readVideo(from, id);
  return messages.filter(({ atMs }) => atMs >= (startSec - shownBeforeSec) * 1000 && atMs <= untilSec * 1000);
}
