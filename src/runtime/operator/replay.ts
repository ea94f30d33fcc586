import { CliptideError } from '../../domain/errors.ts';
import type { AppendRecord } from '../../ports/eventlog.ts';
import type { RuntimeDependencies } from '../dependencies.ts';
import { toAppend } from '../records.ts';
import { type Case, findCases, type LetterFilter } from './cases.ts';
import { contentOf, isTopic } from './content.ts';
import { replayHeader } from './letters.ts';

/** Why a letter was not sent: it was already, it has no topic, nothing is in it, or only a part of it is left. */
export type SkipReason = 'replayed' | 'source' | 'empty' | 'cut';

export type ReplayRow =
  | { readonly kind: 'replayed'; readonly id: string; readonly topic: string; partition: number; offset: number }
  | { readonly kind: 'skipped'; readonly id: string; readonly reason: SkipReason }
  | { readonly kind: 'replay'; readonly replayed: number; readonly skipped: number; readonly unsendable: number };

export interface ReplayOptions {
  readonly filter: LetterFilter;
  /** Also those that were sent before and have not come back. */
  readonly again: boolean;
}

/** So many are sent in one append, and marked in another. */
const batchLetters = 100;

/**
 * Sends dead letters to the topics and partitions that they came from, with their keys and headers and one header more
 * that names the letter; oldest first. Each is marked after it was sent: after a crash between the two it may be sent
 * twice, which who reads it knows by its ids. Rejects with `usage` for an id that there is not, before it sends any.
 */
export async function* replayLetters(
  deps: RuntimeDependencies,
  { filter, again }: ReplayOptions,
): AsyncGenerator<ReplayRow> {
  const cases = [...(await findCases(deps, filter))].reverse();
  mustKnow(filter.ids ?? [], cases);
  const counts = { replayed: 0, skipped: 0, unsendable: 0 };
  let batch: Sendable[] = [];
  for (const [index, one] of cases.entries()) {
    const next = await sendable(deps, one, again);
    if (typeof next === 'string') {
      counts.skipped += 1;
      if (next !== 'replayed') counts.unsendable += 1;
      yield { kind: 'skipped', id: one.id, reason: next };
    } else {
      batch.push(next);
    }
    if (batch.length < batchLetters && index < cases.length - 1) continue;
    counts.replayed += batch.length;
    yield* await send(deps, batch);
    batch = [];
  }
  yield { kind: 'replay', ...counts };
}

interface Sendable {
  readonly id: string;
  readonly record: AppendRecord & { readonly partition: number };
}

async function sendable(deps: RuntimeDependencies, one: Case, again: boolean): Promise<Sendable | SkipReason> {
  const { id, letter, state } = one;
  const { topic, partition, key } = letter;
  if (state === 'replayed' && !again) return 'replayed';
  if (!isTopic(topic) || partition < 0) return 'source';
  const { value, headers, isWhole } = await contentOf(deps, letter);
  if (value === null) return 'empty';
  if (!isWhole) return 'cut';
  return { id, record: { topic, partition, key, value, headers: { ...headers, [replayHeader]: id } } };
}

async function send(deps: RuntimeDependencies, batch: readonly Sendable[]): Promise<readonly ReplayRow[]> {
  if (batch.length === 0) return [];
  const offsets = await deps.log.append(batch.map(({ record }) => record));
  const sent = batch.map(({ id, record: { topic, partition } }, index) => {
    return { letterId: id, topic, partition, offset: offsets[index] ?? -1 };
  });
  const by = { actor: deps.nodeId, atMs: deps.clock.now() };
  const marks = sent.map((place) => {
    return toAppend(deps.codec, { topic: 'operator.replays', key: place.letterId, record: { ...place, ...by } });
  });
  await deps.log.append(marks);
  return sent.map(({ letterId: id, ...place }) => ({ kind: 'replayed', id, ...place }));
}

function mustKnow(ids: readonly string[], cases: readonly Case[]): void {
  const known = new Set(cases.map(({ id }) => id));
  const unknown = ids.find((id) => !known.has(id));
  if (unknown === undefined) return;
  throw new CliptideError('usage', `there is no dead letter ${unknown}`, {
    hint: 'cliptide dead list says which there are; nothing was sent',
  });
}
