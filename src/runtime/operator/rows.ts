import { type TopicName, topics } from '../../../topology/topics.ts';
import { toCliptideError } from '../../domain/errors.ts';
import type { RuntimeDependencies } from '../dependencies.ts';
import type { Case } from './cases.ts';
import { type Content, contentOf, isTopic } from './content.ts';

/** A case as a row; `at` is when the first letter was put aside. */
export interface LetterRow {
  readonly kind: 'letter';
  readonly id: string;
  readonly state: string;
  readonly stage: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly streamId: string;
  readonly code: string;
  readonly reason: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly valueBytes: number;
  readonly at: string;
  readonly replays: number;
  /** When it was put aside the last time. */
  readonly latestAt: string;
}

/** A letter with what its record says: decoded, or the reason why not. */
export interface ShownRow extends LetterRow {
  readonly record: unknown;
  readonly decodeError: string | null;
  /** Of what is left of the record; null where it is empty. */
  readonly hex: string | null;
  readonly text: string | null;
  readonly isWhole: boolean;
}

export function letterRow({ id, state, letter, latest, replays }: Case): LetterRow {
  const { stage, topic, partition, offset, key, streamId, headers, valueBytes, keptAtMs } = letter;
  const { code, reason } = latest;
  const times = { at: new Date(keptAtMs).toISOString(), latestAt: new Date(latest.keptAtMs).toISOString() };
  const place = { stage, topic, partition, offset, key, streamId };
  return { kind: 'letter', id, state, ...place, code, reason, headers, valueBytes, replays, ...times };
}

export async function shownRow(deps: RuntimeDependencies, one: Case): Promise<ShownRow> {
  const content = await contentOf(deps, one.letter);
  const { value, isWhole } = content;
  const bytes = value === null ? null : Buffer.from(value);
  const raw = { hex: bytes?.toString('hex') ?? null, text: bytes?.toString('utf8') ?? null };
  return { ...letterRow(one), ...(await decoded(deps, one.letter.topic, content)), ...raw, isWhole };
}

async function decoded({ codec }: RuntimeDependencies, topic: string, { value, isWhole }: Content) {
  const failed = (decodeError: string) => ({ record: null, decodeError });
  if (value === null) return failed('the record is empty');
  if (!isWhole) return failed('only a part of the record is left');
  if (!isTopic(topic)) return failed('it came from a source, not from a topic');
  try {
    await codec.prepare([value]);
    return { record: plain(codec.decode(topics[topic satisfies TopicName].schema, value)), decodeError: null };
  } catch (error) {
    return failed(toCliptideError(error).message);
  }
}

/** As JSON carries it: bytes become hexadecimal text. */
function plain(record: object): unknown {
  return JSON.parse(
    JSON.stringify(record, (_, value: unknown) => {
      return isBytes(value) ? Buffer.from(value.data).toString('hex') : value;
    }),
  );
}

/** A Buffer, as it presents itself to JSON. */
const isBytes = (value: unknown): value is { readonly data: readonly number[] } =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer' && 'data' in value;
