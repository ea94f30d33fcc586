import type { RunEvent } from '../../domain/records.gen.ts';
import type { RuntimeDependencies } from '../../runtime/dependencies.ts';
import type { Started } from '../../runtime/lifecycle.ts';
import { toAppend } from '../../runtime/records.ts';
import { packageVersion } from '../version.ts';

/** What is told of a run beside who tells it and when. */
export type RunNews = Pick<RunEvent, 'kind' | 'model'> & Partial<Pick<RunEvent, 'streamId' | 'selection'>>;

/** Puts something about a run on the record. */
export async function appendRunEvent(deps: RuntimeDependencies, news: RunNews): Promise<RunEvent> {
  const { run, nodeId, clock } = deps;
  const own = { run, nodeId, version: packageVersion(), atMs: clock.now() };
  const record: RunEvent = { ...own, streamId: '', selection: '', ...news };
  await deps.log.append([toAppend(deps.codec, { topic: 'runs', key: run, record })]);
  return record;
}

/** Puts the beginning of a pass on the record, with the version of the model in force, and its end when it is stopped. */
export async function recordRun(deps: RuntimeDependencies, model: string): Promise<Started<void>> {
  const append = async (kind: 'started' | 'ended'): Promise<void> => {
    await appendRunEvent(deps, { kind, model });
  };
  await append('started');
  return { value: undefined, stop: () => append('ended') };
}
