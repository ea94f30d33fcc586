import type { EventLog } from '../ports/eventlog.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { StageProgress } from './progress.ts';

/** Asks the log how much each partition of the stages has before it. Rejects with `unavailable` while it is away. */
export async function measureLag(stages: readonly StageProgress[], log: EventLog, metrics: Metrics): Promise<void> {
  const asked = new Map<string, ReturnType<EventLog['bounds']>>();
  const boundsOf = (topic: string, partition: number) => {
    const key = `${topic} ${partition}`;
    const bounds = asked.get(key) ?? log.bounds(topic, partition);
    asked.set(key, bounds);
    return bounds;
  };
  const measured = stages.flatMap((stage) =>
    [...stage.partitions].map(async (progress) => {
      const { partition } = progress;
      const bounds = await Promise.all(stage.inputs.map((topic) => boundsOf(topic, partition)));
      // One that was given away meanwhile is no figure of this process any more.
      if (!stage.partitions.has(progress)) return;
      const lag = stage.inputs.reduce((sum, topic, index) => {
        const { start, end } = bounds[index] ?? { start: 0, end: 0 };
        return sum + Math.max(0, end - Math.max(start, progress.positions[topic] ?? start));
      }, 0);
      metrics.set('cliptide_consumer_lag_records', lag, { stage: stage.stage, partition: String(partition) });
    }),
  );
  await Promise.all(measured);
}
