import type { RunEvent } from '../../domain/records.gen.ts';
import { defaultModel } from '../../domain/scoring/model.ts';
import type { RuntimeDependencies } from '../../runtime/dependencies.ts';
import type { Started } from '../../runtime/lifecycle.ts';
import { toAppend } from '../../runtime/records.ts';
import { packageVersion } from '../version.ts';

/** Puts the beginning of a pass on the record, and its end when it is stopped. */
export async function recordRun(deps: RuntimeDependencies): Promise<Started<void>> {
  const append = async (kind: 'started' | 'ended'): Promise<void> => {
    const { run, nodeId, clock } = deps;
    const record: RunEvent = {
      run,
      kind,
      nodeId,
      version: packageVersion(),
      model: defaultModel.version,
      atMs: clock.now(),
    };
    await deps.log.append([toAppend(deps.codec, { topic: 'runs', key: run, record })]);
  };
  await append('started');
  return { value: undefined, stop: () => append('ended') };
}
