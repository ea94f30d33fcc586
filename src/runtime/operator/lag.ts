import { stages } from '../../../topology/graph.ts';
import { type StageName, stageNames } from '../../../topology/topics.ts';
import type { Metrics } from '../../ports/metrics.ts';
import { groupOf, type RuntimeDependencies } from '../dependencies.ts';

/** How far a stage's group is with one partition of one of its inputs. */
export interface LagRow {
  readonly kind: 'lag';
  readonly group: string;
  readonly stage: StageName;
  readonly topic: string;
  readonly partition: number;
  /** Next offset that it has committed; null before its first commit. */
  readonly committed: number | null;
  /** First offset that is there, and the offset after the last record. */
  readonly start: number;
  readonly end: number;
  /** Records that it has before it. */
  readonly lag: number;
  /** Records that retention took before they were read. */
  readonly lost: number;
  /** Event time that is waited for: newest event less watermark, of the broadcast that waits longest; null unless known. */
  readonly watermarkDelaySeconds: number | null;
}

/** The lag of every stage's group, by topic and partition; asks each group once, and each broker twice. */
export async function lagRows({ log, run, metrics }: RuntimeDependencies): Promise<readonly LagRow[]> {
  const consuming = stageNames.filter((stage) => stages[stage].inputs.length > 0);
  const places = consuming.flatMap((stage) =>
    stages[stage].inputs.flatMap((topic) =>
      Array.from({ length: log.partitions(topic) }, (_, partition) => ({ stage, topic, partition })),
    ),
  );
  const committed = new Map(
    await Promise.all(
      consuming.map(async (stage) => {
        return [stage, await log.committedBy(groupOf(run, stage), stages[stage].inputs)] as const;
      }),
    ),
  );
  // After the commits, so that no group is ahead of the end.
  const bounds = await log.boundsOf(places);
  return places.map(({ stage, topic, partition }, index) => {
    const { start, end } = bounds[index] ?? { start: 0, end: 0 };
    const next = committed.get(stage)?.get(topic)?.[partition] ?? null;
    return {
      kind: 'lag',
      group: groupOf(run, stage),
      stage,
      topic,
      partition,
      committed: next,
      start,
      end,
      lag: Math.max(0, end - Math.max(start, next ?? start)),
      lost: Math.max(0, start - (next ?? start)),
      watermarkDelaySeconds: topic === 'live.analytics' ? delayOf(metrics, stage, partition) : null,
    };
  });
}

/** Known to the process that scores the partition, while something is on air there. */
function delayOf(metrics: Metrics, stage: StageName, partition: number): number | null {
  const labels = { stage, partition: String(partition) };
  if (metrics.value('cliptide_watermark_timestamp_seconds', labels) === 0) return null;
  return metrics.value('cliptide_watermark_delay_seconds', labels);
}
