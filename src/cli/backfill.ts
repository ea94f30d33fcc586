import type { Command } from 'commander';
import { alwaysBy } from '../domain/scoring/modelchoice.ts';
import { endedBroadcasts } from './backfill/catalogue.ts';
import { type BackfillNode, openBackfillNode } from './backfill/node.ts';
import { BackfillReport } from './backfill/report.ts';
import { mustBeRunName, type RunPlan, RunState } from './backfill/runstate.ts';
import { readScorer } from './backfill/scorerfile.ts';
import { chosen, type SelectionOptions, selectionOf } from './backfill/selection.ts';
import { shareOut } from './backfill/share.ts';
import { type CommandContext, contextOf } from './context.ts';
import { exit, worstOf } from './exit.ts';
import { configuredModels } from './node/scorers.ts';

interface BackfillOptions extends SelectionOptions {
  readonly run: string;
  readonly scorer?: string;
  readonly withClips?: boolean;
  readonly data?: string;
  readonly json?: boolean;
}

const more = `
It replays broadcasts that have ended, each from its beginning, and writes what it finds to the results under its own
run. It never renders, notifies or calls an LLM, unless --with-clips says so. Broken off, it goes on when it is started
again with the same options: broadcasts that were done stay so, the one in work begins anew.

  $ cliptide backfill --run better --scorer better.json --from 2026-05-01 --to 2026-06-01
  $ cliptide diff live better
`;

/** `cliptide backfill`: broadcasts that have ended, once more through the stages, under a run of their own. */
export function addBackfill(program: Command): void {
  program
    .command('backfill')
    .description('replay broadcasts that have ended through the stages, as a run of its own')
    .requiredOption('--run <name>', 'name of the run that its results get')
    .option('--stream <id>', 'this broadcast only')
    .option('--from <time>', 'broadcasts that were on air at this time or later, such as 2026-05-01T18:00:00Z')
    .option('--to <time>', 'broadcasts that began before this time')
    .option('--scorer <file>', 'score by this model, a JSON file, instead of what was in force')
    .option('--with-clips', 'refine, render and announce what is found, too')
    .option('--data <dir>', 'data folder (default: the configured one, ./.cliptide)')
    .option('--json', 'print NDJSON: a line for each broadcast, and one for the run')
    .addHelpText('after', more)
    .action(async (options: BackfillOptions, command: Command) => {
      await backfill(options, contextOf(command, { overrides: { dataDir: options.data } }));
    });
}

async function backfill(options: BackfillOptions, context: CommandContext): Promise<void> {
  const { config, log } = context;
  const { run, scorer } = options;
  mustBeRunName(run);
  const selection = selectionOf(options);
  const model = scorer === undefined ? undefined : await readScorer(scorer);
  const models = model === undefined ? await configuredModels(config) : alwaysBy(model);
  const withClips = options.withClips === true;
  const node = await openBackfillNode({ config, logger: log, run, withClips });
  try {
    await replayAll(node, { selection, model, models, withClips }, options.json === true, context);
  } finally {
    await node.stop();
    context.terminal.end();
  }
  context.signal.throwIfAborted();
}

async function replayAll(node: BackfillNode, plan: RunPlan, json: boolean, context: CommandContext): Promise<void> {
  const { config, signal, terminal } = context;
  const { run } = node.deps;
  const { broadcasts, gone } = chosen(await endedBroadcasts(node.catalogue), plan.selection);
  const state = await RunState.open(node.deps, node.results, plan);
  const before = broadcasts.filter(({ streamId }) => state.isDone(streamId)).length;
  if (state.goesOn) terminal.line(`the run ${run} goes on: ${before} of ${broadcasts.length} broadcasts are done`);
  if (gone.length > 0) {
    terminal.line(`events of ${gone.length} more are gone: ${gone.map(({ streamId }) => streamId).join(', ')}`);
  }
  const report = new BackfillReport(context, json, run, broadcasts.length - before);
  const { deps, results, clips } = node;
  const { presets: defaultPresets } = config.render;
  const replay = {
    deps,
    results,
    clips,
    defaultPresets,
    models: plan.models,
    shutdownDeadlineMs: config.shutdownDeadlineMs,
  };
  await state.started();
  try {
    const faults = await shareOut(
      {
        ...{ node, replay, state, broadcasts },
        onBegin: (broadcast) => report.begin(broadcast),
        onRead: (events) => report.read(events),
        onDone: (broadcast, replayed, wallMs) => report.done(broadcast, replayed, wallMs),
        onFault: (broadcast, fault) => report.fault(broadcast, fault),
      },
      signal,
    );
    if (faults.size === 0) await state.completed();
    const code = worstOf([report.exitCode, faults.size === 0 ? exit.done : exit.failed]);
    if (code !== exit.done) process.exitCode = code;
    await report.end(faults.size === 0 ? 'complete' : 'incomplete');
  } finally {
    await state.ended();
  }
}
