import { CliptideError } from '../../domain/errors.ts';
import { stableId } from '../../domain/ids.ts';
import type { RunEvent } from '../../domain/records.gen.ts';
import type { Model } from '../../domain/scoring/model.ts';
import type { ModelChoice } from '../../domain/scoring/modelchoice.ts';
import type { Results } from '../../ports/results.ts';
import type { RuntimeDependencies } from '../../runtime/dependencies.ts';
import { runRow } from '../../stages/record/curverows.ts';
import { appendRunEvent, type RunNews } from '../node/runs.ts';
import { readTopic } from '../node/watch.ts';
import type { Selection } from './selection.ts';

const nameShape = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** What makes a run what it is; a run that goes on must be the same. */
export interface RunPlan {
  readonly selection: Selection;
  /** What scores every broadcast; undefined where that is what was in force. */
  readonly model: Model | undefined;
  readonly models: ModelChoice;
  readonly withClips: boolean;
}

/** Throws `usage` for what cannot be the name of a backfill. */
export function mustBeRunName(name: string): void {
  if (name === 'live') {
    throw new CliptideError('usage', 'live is the run of what is on air', {
      where: '--run',
      hint: 'choose another name',
    });
  }
  if (nameShape.test(name)) return;
  throw new CliptideError('usage', `"${name}" cannot be the name of a run`, {
    where: '--run',
    hint: 'use 1 to 64 letters, digits, dots, dashes and underscores, the first a letter or digit',
  });
}

/** The plan in words that people can read; the model's content is in it, since a version is only a name. */
function wordsOf({ selection: { streamId, fromMs, toMs }, model, withClips }: RunPlan): string {
  const time = (ms: number | undefined): string => (ms === undefined ? '' : new Date(ms).toISOString());
  const range = fromMs === undefined && toMs === undefined ? 'all' : `from ${time(fromMs)} to ${time(toMs)}`;
  const scorer = model === undefined ? '' : `; scorer ${model.version} ${stableId(JSON.stringify(model)).slice(0, 8)}`;
  return `${streamId === undefined ? range : `stream ${streamId}`}${scorer}${withClips ? '; with clips' : ''}`;
}

/** A backfill on the record: what of it is done, by whichever process. */
export class RunState {
  readonly #deps: RuntimeDependencies;
  readonly #results: Results;
  readonly #plan: RunPlan;
  /** Whether it was begun before. */
  readonly goesOn: boolean;
  #done: ReadonlySet<string>;

  private constructor(deps: RuntimeDependencies, results: Results, plan: RunPlan, events: readonly RunEvent[]) {
    this.#deps = deps;
    this.#results = results;
    this.#plan = plan;
    this.goesOn = events.length > 0;
    this.#done = doneIn(events);
  }

  /** Throws `usage` when the run is complete, or was begun with another plan. `deps.run` is its name. */
  static async open(deps: RuntimeDependencies, results: Results, plan: RunPlan): Promise<RunState> {
    const { run } = deps;
    const events = await readTopic(deps, 'runs', run);
    const completed = "SELECT count() AS found FROM runs WHERE run = {run:String} AND kind = 'completed'";
    const [row] = await results.query(completed, { run });
    if (Number(row?.found ?? 0) > 0 || events.some(({ kind }) => kind === 'completed')) {
      throw new CliptideError('usage', `the run ${run} is complete`, {
        where: '--run',
        hint: `choose another name; "cliptide diff live ${run}" shows what it found`,
      });
    }
    const begun = events.find(({ selection }) => selection !== '')?.selection;
    if (begun !== undefined && begun !== wordsOf(plan)) {
      throw new CliptideError('usage', `the run ${run} was begun as: ${begun}; this is: ${wordsOf(plan)}`, {
        where: '--run',
        hint: 'go on with the same options, or choose another name',
      });
    }
    return new RunState(deps, results, plan, events);
  }

  isDone(streamId: string): boolean {
    return this.#done.has(streamId);
  }

  /** What other processes have done meanwhile. */
  async refresh(): Promise<void> {
    this.#done = doneIn(await readTopic(this.#deps, 'runs', this.#deps.run));
  }

  /** All of the broadcast is in the results. */
  async broadcastDone(streamId: string): Promise<void> {
    await this.#append({ kind: 'broadcast', streamId });
    this.#done = new Set([...this.#done, streamId]);
  }

  started(): Promise<void> {
    return this.#append({ kind: 'started' });
  }

  completed(): Promise<void> {
    return this.#append({ kind: 'completed' });
  }

  ended(): Promise<void> {
    return this.#append({ kind: 'ended' });
  }

  async #append(news: Omit<RunNews, 'model'>): Promise<void> {
    const model = this.#plan.models.forNew('').version;
    const event = await appendRunEvent(this.#deps, { model, selection: wordsOf(this.#plan), ...news });
    // `record` puts it there as well, where it runs; a row that is written twice is one.
    if (news.kind !== 'broadcast') await this.#results.insert(...tableOf(event));
  }
}

function tableOf(event: RunEvent): [string, [ReturnType<typeof runRow>[1]]] {
  const [table, row] = runRow(event);
  return [table, [row]];
}

const doneIn = (events: readonly RunEvent[]): ReadonlySet<string> =>
  new Set(events.flatMap(({ kind, streamId }) => (kind === 'broadcast' ? [streamId] : [])));
