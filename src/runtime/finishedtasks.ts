import type { TopicName } from '../../topology/topics.ts';
import type { RuntimeDependencies } from './dependencies.ts';
import { readableInput } from './records.ts';

const readBatch = 1_000;

/** Ids of the tasks whose outcome is in a topic already: a worker that comes back does none of them twice. */
export async function finishedTasks(
  deps: RuntimeDependencies,
  topic: TopicName,
  partition: number,
): Promise<Set<string>> {
  const finished = new Set<string>();
  const { start, end } = await deps.log.bounds(topic, partition);
  let from = start;
  while (from < end) {
    const records = await deps.log.read(topic, partition, from, readBatch);
    const last = records.at(-1);
    if (last === undefined) break;
    await deps.codec.prepare(records.map((record) => record.value));
    for (const record of records) {
      const outcome = readableInput(deps.codec, record)?.record as { readonly taskId?: string } | undefined;
      if (outcome?.taskId !== undefined) finished.add(outcome.taskId);
    }
    from = last.offset + 1;
  }
  return finished;
}
