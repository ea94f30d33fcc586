import type { Command } from 'commander';
import { CliptideError } from '../domain/errors.ts';
import type { FeatureDifference, FoundHighlight } from '../domain/rundiff.ts';
import { type CommandContext, contextOf } from './context.ts';
import { counted } from './counted.ts';
import { withResults } from './runs/asking.ts';
import { changesOf, type StreamChange } from './runs/changes.ts';
import { type RunSummary, runNamed, runSummaries } from './runs/summaries.ts';
import { table } from './table.ts';

interface DiffOptions {
  readonly data?: string;
  readonly json?: true;
}

/** `cliptide diff`: what one run found and another did not. */
export function addDiff(program: Command): void {
  program
    .command('diff')
    .description('show which highlights a run gained, lost and moved against another, and why')
    .argument('<run>', 'the run to begin with, such as live')
    .argument('<other>', 'the run that it is held against')
    .option('--data <dir>', 'data folder (default: the configured one, ./.cliptide)')
    .option('--json', 'print NDJSON: a line for each highlight (gained, lost, moved, same), and a summary')
    .action(async (first: string, second: string, options: DiffOptions, command: Command) => {
      await diff([first, second], options, contextOf(command, { overrides: { dataDir: options.data } }));
    });
}

const kinds = ['gained', 'lost', 'moved', 'same'] as const;

async function diff(names: readonly [string, string], { json }: DiffOptions, context: CommandContext): Promise<void> {
  const { a, b, changes } = await withResults(context, async (ask) => {
    const runs = await runSummaries(ask, false);
    const [first, second] = [runNamed(names[0], runs), runNamed(names[1], runs)];
    return { a: first, b: second, changes: await changesOf(ask, first, second) };
  });
  const summary = summaryOf(a, b, changes);
  if (summary.streams === 0) {
    throw new CliptideError('usage', `${a.run} and ${b.run} have no broadcast in common`, {
      hint: '"cliptide runs --json" lists the broadcasts of each run',
    });
  }
  if (!json) {
    print(summary, changes);
    return;
  }
  for (const change of changes) await context.output.write(lineOf(change));
  await context.output.write({ kind: 'summary', ...summary });
}

function summaryOf(a: RunSummary, b: RunSummary, changes: readonly StreamChange[]) {
  const count = (kind: string): number => changes.filter((change) => change.kind === kind).length;
  return {
    runs: [a.run, b.run],
    streams: a.streams.filter((streamId) => b.streams.includes(streamId)).length,
    ...{ gained: count('gained'), lost: count('lost'), moved: count('moved'), same: count('same') },
    onlyInFirst: a.streams.filter((streamId) => !b.streams.includes(streamId)),
    onlyInSecond: b.streams.filter((streamId) => !a.streams.includes(streamId)),
  };
}

function lineOf({ kind, streamId, a, b, there, features }: StreamChange): object {
  const moved = a !== null && b !== null ? { movedSec: (b.peakMs - a.peakMs) / 1_000 } : {};
  return {
    kind,
    streamId,
    a: sideOf(a),
    b: sideOf(b),
    ...moved,
    ...(a === null || b === null ? { there } : {}),
    features,
  };
}

function sideOf(found: FoundHighlight | null): object | null {
  if (found === null) return null;
  const { highlightId, peakMs, score, threshold, model } = found;
  return { highlightId, peakAt: new Date(peakMs).toISOString(), score, threshold, model };
}

function print(summary: ReturnType<typeof summaryOf>, changes: readonly StreamChange[]): void {
  const columns = [
    { title: 'broadcast' },
    { title: '' },
    { title: 'peak' },
    { title: `${summary.runs[0]}`, align: 'right' },
    { title: `${summary.runs[1]}`, align: 'right' },
    { title: 'because of' },
  ] as const;
  const rows = changes
    .filter(({ kind }) => kind !== 'same')
    .map((change) => [change.streamId, change.kind, peakOf(change), ...scoresOf(change), reasonOf(change.features)]);
  if (rows.length > 0) process.stdout.write(table(columns, rows));
  const counts = kinds.map((kind) => `${summary[kind]} ${kind}`).join(', ');
  process.stdout.write(`${counted(summary.streams, 'broadcast')} in both: ${counts}\n`);
  const { onlyInFirst, onlyInSecond, runs } = summary;
  for (const [index, only] of [onlyInFirst, onlyInSecond].entries()) {
    if (only.length > 0) process.stdout.write(`only in ${runs[index]}: ${counted(only.length, 'broadcast')}\n`);
  }
}

const timeOf = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');

function peakOf({ a, b }: StreamChange): string {
  if (a === null || b === null) return timeOf((a ?? b)?.peakMs ?? 0);
  const movedSec = (b.peakMs - a.peakMs) / 1_000;
  return `${timeOf(a.peakMs)} ${movedSec > 0 ? '+' : ''}${movedSec} s`;
}

/** Score and threshold in each run; in brackets what the curve said where there was no highlight. */
function scoresOf({ a, b, there }: StreamChange): [string, string] {
  const point = ({ score, threshold }: { score: number; threshold: number }): string =>
    `${score.toFixed(2)} of ${threshold.toFixed(2)}`;
  const other = there === null ? '' : `(${point(there)})`;
  return [a === null ? other : point(a), b === null ? other : point(b)];
}

const mostReasons = 3;

const reasonOf = (features: readonly FeatureDifference[]): string =>
  features
    .filter(({ name }) => name !== 'intercept')
    .slice(0, mostReasons)
    .map(({ name, difference }) => `${name} ${difference > 0 ? '+' : ''}${difference.toFixed(2)}`)
    .join(', ');
