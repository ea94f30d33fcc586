import { type StageName, stageNames } from '../../../topology/topics.ts';
import { CliptideError } from '../../domain/errors.ts';
import type { Answerer, Question } from '../../ports/operations.ts';
import { budgetRows, setBudget } from '../../runtime/operator/budgets.ts';
import { findCases, type LetterFilter } from '../../runtime/operator/cases.ts';
import { type GapFilter, recoverGaps } from '../../runtime/operator/gaps.ts';
import { lagRows } from '../../runtime/operator/lag.ts';
import { replayLetters } from '../../runtime/operator/replay.ts';
import { letterRow, shownRow } from '../../runtime/operator/rows.ts';
import { backUp } from './backup.ts';
import type { OperatorParts } from './parts.ts';

/** The filter of dead letters as it is asked for: every stage unless one is named. */
export interface AskedLetters {
  readonly stage?: string | undefined;
  readonly topic?: string | undefined;
  readonly reason?: string | undefined;
  readonly sinceMs?: number | undefined;
  readonly ids?: readonly string[] | undefined;
}

type Operation = (parts: OperatorParts, question: Question, signal: AbortSignal) => AsyncIterable<object>;

const operations: Readonly<Record<string, Operation>> = {
  lag: ({ deps }) => each(lagRows(deps)),
  recover: ({ deps }, question) => recoverGaps(deps, gapFilterOf(question as GapFilter), question.accept === true),
  backup: backUp,
  'budget list': ({ deps, ledger, limits, caps, configured }) =>
    each(ledger().then((opened) => budgetRows({ ...deps, ledger: opened, defaults: limits, caps, configured }))),
  'budget set': ({ deps, caps }, { channelId, limits }) =>
    each(setBudget(deps, String(channelId), limits as Parameters<typeof setBudget>[2], caps).then((row) => [row])),
  'dead list': listDead,
  'dead show': showDead,
  'dead replay': ({ deps }, question) =>
    replayLetters(deps, { filter: filterOf(question as AskedLetters), again: question.again === true }),
};

/** Answers every question that an operator can ask. Rejects with `usage` for one of a newer version. */
export const answererOf =
  (parts: OperatorParts): Answerer =>
  (question, signal) => {
    const operation = operations[question.operation];
    if (operation !== undefined) return operation(parts, question, signal);
    throw new CliptideError('usage', `this version does not know how to ${question.operation}`, {
      hint: 'the process that owns the data folder is of another version: ask with that one, or stop it first',
    });
  };

function filterOf({ stage, ids, ...rest }: AskedLetters): LetterFilter {
  if (stage !== undefined) return { ...rest, ids, stages: [stageOf(stage)] };
  const named =
    ids === undefined ? stageNames : stageNames.filter((name) => ids.some((id) => id.startsWith(`${name}/`)));
  return { ...rest, ids, stages: named };
}

function gapFilterOf({ stage, topic, partition }: GapFilter): GapFilter {
  return { stage: stage === undefined ? undefined : stageOf(stage), topic, partition };
}

function stageOf(name: string): StageName {
  const found = stageNames.find((stage) => stage === name);
  if (found !== undefined) return found;
  throw new CliptideError('usage', `there is no stage ${name}`, { hint: `it is one of ${stageNames.join(', ')}` });
}

async function* each(rows: Promise<readonly object[]>): AsyncGenerator<object> {
  yield* await rows;
}

async function* listDead({ deps }: OperatorParts, question: Question): AsyncGenerator<object> {
  for (const one of await findCases(deps, filterOf(question as AskedLetters), Number(question.limit))) {
    yield letterRow(one);
  }
}

async function* showDead({ deps }: OperatorParts, { id }: Question): AsyncGenerator<object> {
  const [one] = await findCases(deps, filterOf({ ids: [String(id)] }), 1);
  if (one === undefined) {
    const hint = 'cliptide dead list says which there are';
    throw new CliptideError('usage', `there is no dead letter ${String(id)}`, { hint });
  }
  yield await shownRow(deps, one);
}
