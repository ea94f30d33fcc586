import { hits, isHit, type Label } from '../../../src/domain/quality/labels.ts';
import { apartSec } from '../../../src/domain/quality/predictions.ts';
import { startOf } from '../../../src/domain/scoring/lag.ts';
import { isHitAnyhow } from './bounds.ts';
import { markdown } from './markdown.ts';
import type { KeptOut } from './oracles.ts';
import { rates, scoresBySecond, standing } from './reaction.ts';
import type { Scored } from './scored.ts';

const vainKinds = ['lag', 'edge', 'near', 'far'] as const;
const missKinds = ['lag', 'crowded', 'silent', 'no maximum', 'ranked low'] as const;

/** A pick of a ranking that hits nothing, or a label that no pick hits. */
export interface Mistake {
  readonly what: 'vain' | 'missed';
  readonly kind: (typeof vainKinds)[number] | (typeof missKinds)[number];
  readonly set: string;
  readonly id: string;
  /** Where it was said to begin, or where the label begins. */
  readonly startSec: number;
  /** Where the label ends; of a pick the second of its maximum. */
  readonly endSec: number;
  /** The score of the pick, or the highest in the seconds that would tell of the label. */
  readonly score: number;
  /** Of a pick: where the nearest label begins and ends, as seen from its start. */
  readonly nearest: readonly [number, number] | null;
}

const picks = 10;
const edgeSec = 60;
const nearSec = 60;

function inVain(set: string, one: Scored): readonly Mistake[] {
  const { video, ranked, lag } = one;
  const { id, labels, rule, lengthSec } = video;
  return ranked.slice(0, picks).flatMap(({ second, score }): Mistake[] => {
    const startSec = startOf(second, lag.rankedStartSec);
    if (isHit(rule, labels, startSec)) return [];
    const away = (label: Label): number =>
      Math.max(label.startSec - rule.beforeSec - startSec, startSec - label.endSec - rule.afterSec);
    const [closest] = [...labels].sort((a, b) => away(a) - away(b));
    const kind = (): Mistake['kind'] => {
      if (isHitAnyhow(video, labels, second)) return 'lag';
      if (second < edgeSec || second > lengthSec - edgeSec) return 'edge';
      return closest !== undefined && away(closest) <= nearSec ? 'near' : 'far';
    };
    const nearest = closest === undefined ? null : ([closest.startSec - startSec, closest.endSec - startSec] as const);
    return [{ what: 'vain', kind: kind(), set, id, startSec, endSec: second, score, nearest }];
  });
}

function missed(set: string, one: Scored, timesSec: readonly number[]): readonly Mistake[] {
  const { video, ranked, peaks, lag } = one;
  const { id, labels, rule } = video;
  const told = ranked.slice(0, picks);
  const starts = told.map(({ second }) => startOf(second, lag.rankedStartSec));
  const rate = rates(timesSec, video.lengthSec);
  const scores = scoresBySecond(one);
  const kindOf = (label: Label): Mistake['kind'] => {
    const own = peaks.filter(({ second }) => hits(rule, label, startOf(second, lag.rankedStartSec)));
    const isBeside = (start: number): boolean =>
      own.some(({ second }) => Math.abs(startOf(second, lag.rankedStartSec) - start) < apartSec);
    if (told.some(({ second }) => isHitAnyhow(video, [label], second))) return 'lag';
    if (starts.some((start) => isHit(rule, labels, start) && isBeside(start))) return 'crowded';
    if (standing(one, label, rate) < 0.5) return 'silent';
    return own.length === 0 ? 'no maximum' : 'ranked low';
  };
  return labels
    .filter((label) => !starts.some((start) => hits(rule, label, start)))
    .map((label): Mistake => {
      const { startSec, endSec } = label;
      const from = Math.max(0, Math.floor(startSec - rule.beforeSec + lag.rankedStartSec));
      const until = Math.floor(Math.max(startSec, endSec) + rule.afterSec + lag.rankedStartSec);
      const score = scores.slice(from, until + 1).reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
      return { what: 'missed', kind: kindOf(label), set, id, startSec, endSec, score, nearest: null };
    });
}

/** What the rankings of ten get wrong: picks in vain, the highest first, then misses, the lowest first. */
export function mistakesOf(sets: readonly KeptOut[], timesSec: (one: Scored) => readonly number[]) {
  const vain = sets.flatMap(({ name, videos }) => videos.flatMap((one) => inVain(name, one)));
  const misses = sets.flatMap(({ name, videos }) => videos.flatMap((one) => missed(name, one, timesSec(one))));
  return {
    vain: vain.sort((a, b) => b.score - a.score),
    misses: misses.sort((a, b) => a.score - b.score),
  };
}

/** How many of each kind. */
export function mistakeTables(sets: readonly KeptOut[], { vain, misses }: ReturnType<typeof mistakesOf>): string {
  const table = (title: string, kinds: readonly Mistake['kind'][], list: readonly Mistake[]): string => {
    const rows = sets.map(({ name }) => {
      const own = list.filter(({ set }) => set === name);
      return [
        name,
        String(own.length),
        ...kinds.map((kind) => String(own.filter((mistake) => mistake.kind === kind).length)),
      ];
    });
    return markdown([title, 'all', ...kinds], rows);
  };
  return `${table('picks in vain', vainKinds, vain)}\n${table('labels missed', missKinds, misses)}`;
}
