import { CliptideError } from '../../domain/errors.ts';
import { highlightId } from '../../domain/ids.ts';
import type { Model } from '../../domain/scoring/model.ts';
import type { ModelChoice } from '../../domain/scoring/modelchoice.ts';
import { SettingsHistory } from '../../domain/scoring/settings.ts';
import type { CommandContext } from '../context.ts';
import { counted } from '../counted.ts';
import { configuredModels } from '../node/scorers.ts';
import { withResults } from '../runs/asking.ts';
import { type Explained, explained } from './explained.ts';
import { type KeptEvents, withKeptEvents } from './kept.ts';
import { type HighlightRecord, recordOf } from './record.ts';
import { replayScoring } from './replay.ts';
import { type ScoredBroadcast, Trace } from './trace.ts';

/** A highlight explained: from its broadcast's events, scored again, or from its record with the reason why. */
export type ExplainedHighlight =
  | { readonly from: 'file' | 'topic'; readonly record: HighlightRecord; readonly full: Explained }
  | { readonly from: 'record'; readonly record: HighlightRecord; readonly why: string; readonly model: Model | null };

/** Looks up a highlight and explains it. `given` is a model from a file. */
export async function explainHighlight(
  id: string,
  given: Model | undefined,
  context: CommandContext,
): Promise<ExplainedHighlight> {
  const record = await withResults(context, (ask) => recordOf(ask, id));
  const model = modelOf(record, given, await configuredModels(context.config));
  const partly = (why: string): ExplainedHighlight => ({ from: 'record', record, why, model: model ?? null });
  if (model === undefined) {
    return partly(`the model ${record.model} does not ship with this version; --scorer FILE gives it`);
  }
  return withKeptEvents(record.streamId, context, async (events) => {
    if (events.from === 'nowhere') return partly(events.why);
    const full = await scoreAgain(record, model, events, context);
    return full === null
      ? partly('scored again, its broadcast does not have this highlight')
      : { from: events.from, record, full };
  });
}

function modelOf(
  { model: version }: HighlightRecord,
  given: Model | undefined,
  models: ModelChoice,
): Model | undefined {
  if (given === undefined || given.version === version) return given ?? models.known(version);
  throw new CliptideError('usage', `this highlight was found by ${version}, not by ${given.version}`, {
    where: '--scorer',
    hint: 'give the model that found it, or leave it out',
  });
}

async function scoreAgain(
  record: HighlightRecord,
  model: Model,
  events: Exclude<KeptEvents, { readonly from: 'nowhere' }>,
  { signal, terminal }: CommandContext,
): Promise<Explained | null> {
  const { streamId } = record;
  const trace = new Trace(record.peakMs);
  const onRead = (count: number): void => terminal.progress([`${streamId}: ${counted(count, 'event')}`]);
  const { settings, ranking } = await replayScoring(events, model, trace, { signal, onRead });
  terminal.end();
  const scored = trace.broadcast;
  const atMs = scored === null ? null : beginningOf(record, scored);
  if (scored === null || atMs === null) return null;
  const history = new SettingsHistory();
  for (const one of settings) history.add(one);
  const sources = { streamId, clockZeroMs: scored.zeroMs, scored, trace, candidates: ranking?.candidates ?? [] };
  return explained({ ...sources, wishAt: (ms) => history.at(ms).highlightsPerHour }, atMs);
}

/** Event time of the second whose hash the id is. */
function beginningOf({ highlightId: id, streamId, model }: HighlightRecord, scored: ScoredBroadcast): number | null {
  const found = scored.seconds
    .map(({ second }) => scored.zeroMs + second * 1_000)
    .find((ms) => highlightId(streamId, model, ms) === id);
  return found ?? null;
}
