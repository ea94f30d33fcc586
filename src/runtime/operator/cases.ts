import type { StageName } from '../../../topology/topics.ts';
import type { RuntimeDependencies } from '../dependencies.ts';
import { type Letter, readLetters, replayHeader } from './letters.ts';
import { placeKey, type Replays, readReplays } from './replays.ts';

/** Which dead letters are meant; what is absent does not narrow them. */
export interface LetterFilter {
  readonly stages: readonly StageName[];
  readonly topic?: string | undefined;
  /** A part of the reason or of its code, in any case. */
  readonly reason?: string | undefined;
  /** Put aside at this time or later, milliseconds since 1970-01-01 UTC. */
  readonly sinceMs?: number | undefined;
  readonly ids?: readonly string[] | undefined;
}

/** What became of a dead letter: it waits, was sent again, or was sent and could not be used again. */
export type CaseState = 'waiting' | 'replayed' | 'failed again';

/** A dead letter with what followed from it: one that fails again is the same case, not another. */
export interface Case {
  readonly id: string;
  readonly letter: Letter;
  /** The newest of them, with the reason of today. */
  readonly latest: Letter;
  readonly state: CaseState;
  /** How often it was sent again. */
  readonly replays: number;
}

/** The newest cases that fit, newest first; memory holds a few times `limit`, and no records. */
export async function findCases(
  deps: RuntimeDependencies,
  filter: LetterFilter,
  limit: number = Number.POSITIVE_INFINITY,
): Promise<readonly Case[]> {
  const replays = await readReplays(deps);
  const found: Case[] = [];
  for (const stage of filter.stages) {
    const cases = await casesOf(deps, stage, filter, replays, limit);
    found.push(...cases);
  }
  return newest(found, limit);
}

async function casesOf(
  deps: RuntimeDependencies,
  stage: StageName,
  filter: LetterFilter,
  replays: Replays,
  limit: number,
): Promise<readonly Case[]> {
  let known = new Map<string, Letters>();
  for await (const letter of readLetters(deps, stage, filter.sinceMs)) {
    const id = letter.headers[replayHeader] ?? replays.at(letter) ?? letter.id;
    const before = known.get(id);
    if (before !== undefined) before.add(letter);
    else if (fits(id, letter, filter)) known.set(id, new Letters(id, letter, replays));
    if (known.size > 2 * limit + 1_000) {
      const kept = newest([...known.values()], limit);
      known = new Map(kept.map((one) => [one.id, one]));
    }
  }
  return [...known.values()].filter((one) => mentions(one.latest, filter.reason));
}

function fits(id: string, letter: Letter, { ids, topic }: LetterFilter): boolean {
  return (ids === undefined || ids.includes(id)) && (topic === undefined || letter.topic === topic);
}

const mentions = ({ reason, code }: Letter, wanted: string | undefined): boolean =>
  wanted === undefined || `${code} ${reason}`.toLowerCase().includes(wanted.toLowerCase());

const newest = <C extends Case>(cases: readonly C[], limit: number): readonly C[] =>
  [...cases].sort((a, b) => b.latest.keptAtMs - a.latest.keptAtMs || (a.id < b.id ? -1 : 1)).slice(0, limit);

/** The letters of one case as they are read. */
class Letters implements Case {
  readonly id: string;
  readonly letter: Letter;
  latest: Letter;
  readonly #replays: Replays;
  readonly #failed = new Set<string>();

  constructor(id: string, letter: Letter, replays: Replays) {
    this.id = id;
    this.letter = letter;
    this.latest = letter;
    this.#replays = replays;
    this.#failed.add(placeKey(letter));
  }

  add(letter: Letter): void {
    this.#failed.add(placeKey(letter));
    if (letter.keptAtMs >= this.latest.keptAtMs) this.latest = letter;
  }

  get replays(): number {
    return this.#replays.of(this.id).length;
  }

  get state(): CaseState {
    const last = this.#replays.of(this.id).at(-1);
    if (last === undefined) return 'waiting';
    return this.#failed.has(placeKey(last)) ? 'failed again' : 'replayed';
  }
}
