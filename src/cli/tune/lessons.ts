import { CliptideError } from '../../domain/errors.ts';
import type { Model } from '../../domain/scoring/model.ts';
import type { Decision } from '../../domain/tuning/decisions.ts';
import type { CommandContext } from '../context.ts';
import { type MeasuredSets, readSets } from '../eval/reading.ts';
import { configuredModels } from '../node/scorers.ts';
import { readDecisions } from './decisions.ts';

/** What a model is to be made from. */
export interface Lessons {
  readonly data: MeasuredSets;
  readonly decisions: readonly Decision[];
}

/** Reads the sets and, where asked for, the decisions. Rejects with `config` where that is too little. */
export async function readLessons(
  folders: readonly string[],
  asked: { readonly decisions: boolean; readonly base: Model },
  context: CommandContext,
): Promise<Lessons> {
  const { terminal, config, signal } = context;
  const decisions = asked.decisions ? await decided(asked.base, folders.length > 0, context) : [];
  const onVideo = (set: string, done: number, of: number): void =>
    terminal.progress([`measuring ${set}: ${done} of ${of} videos`]);
  const data = await readSets(folders, { latenessMs: config.scoring.latenessMs, onVideo, signal });
  if (folders.length > 0) mustBeEnough(data, folders);
  return { data, decisions };
}

/** The decisions; with sets to learn from, none are told of and are no fault. */
async function decided(base: Model, hasSets: boolean, context: CommandContext): Promise<readonly Decision[]> {
  const { known, forNew } = await configuredModels(context.config);
  const models = { forNew, known: (version: string) => (version === base.version ? base : known(version)) };
  const decisions = await readDecisions(models, context).catch((fault: unknown) => {
    if (hasSets && fault instanceof CliptideError && fault.code === 'usage') return [];
    throw fault;
  });
  if (decisions.length > 0) return decisions;
  const where = context.config.cluster?.clickhouse?.url ?? context.config.data.dir;
  if (hasSets) {
    context.terminal.line(`nobody has decided about a highlight in ${where} yet: the sets alone are learned from`);
    return [];
  }
  throw new CliptideError('config', 'nobody has decided about a highlight yet', {
    where,
    hint: 'approve, trim or reject highlights first, name another data folder with --data, or give sets of labelled chats',
  });
}

function mustBeEnough({ videos, labels }: MeasuredSets, folders: readonly string[]): void {
  const labelled = videos.filter((video) => video.labels.length > 0).length;
  if (labelled >= 2) return;
  const found = `${videos.length} videos, ${labelled} of them with labels, ${labels} labels`;
  throw new CliptideError('config', `there is too little to learn from: ${found}`, {
    where: folders.join(', '),
    hint: 'give at least two videos with labels of kind highlight',
  });
}
