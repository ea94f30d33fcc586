import type { Bounds, EventLog, TopicPartition } from '../ports/eventlog.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { PartitionProgress, StageProgress } from './progress.ts';

/** Asks the log how much each partition of the stages has before it. Rejects with `unavailable` while it is away. */
export async function measureLag(stages: readonly StageProgress[], log: EventLog, metrics: Metrics): Promise<void> {
  const owned = stages.flatMap((stage) => [...stage.partitions].map((progress) => ({ stage, progress })));
  // All at once, so that a scrape costs a cluster two requests a broker however many topics there are.
  const places = new Map<string, TopicPartition>();
  for (const { stage, progress } of owned) {
    for (const topic of stage.inputs)
      places.set(keyOf(topic, progress.partition), { topic, partition: progress.partition });
  }
  const found = await log.boundsOf([...places.values()]);
  const bounds = new Map([...places.keys()].map((key, index) => [key, found[index]]));
  for (const { stage, progress } of owned) {
    // One that was given away meanwhile is no figure of this process any more.
    if (!stage.partitions.has(progress)) continue;
    const lag = lagOf(stage.inputs, progress, (topic) => bounds.get(keyOf(topic, progress.partition)));
    metrics.set('cliptide_consumer_lag_records', lag, { stage: stage.stage, partition: String(progress.partition) });
  }
}

const keyOf = (topic: string, partition: number): string => `${topic}/${partition}`;

function lagOf(
  inputs: readonly string[],
  { positions }: PartitionProgress,
  boundsOf: (topic: string) => Bounds | undefined,
): number {
  return inputs.reduce((sum, topic) => {
    const { start, end } = boundsOf(topic) ?? { start: 0, end: 0 };
    return sum + Math.max(0, end - Math.max(start, positions[topic] ?? start));
  }, 0);
}
