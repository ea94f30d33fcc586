import type { Offsets } from '../ports/eventlog.ts';
import type { Metrics } from '../ports/metrics.ts';

/** One partition, while this process works on it. */
export interface PartitionProgress {
  readonly partition: number;
  /** Whether what was known of it before is known again, so that it takes in what comes. */
  isRecovered: boolean;
  /** Next offset of each input; what is below it is finished. A topic of which nothing is known yet is absent. */
  positions: Offsets;
}

/** How far a stage of this process is. It lies in memory: who asks waits for nothing. */
export class StageProgress {
  readonly stage: string;
  readonly inputs: readonly string[];
  /** What stopped the stage, if something has. */
  failure: unknown;
  private readonly metrics: Metrics;
  private readonly joined: () => boolean;
  private readonly owned = new Set<PartitionProgress>();

  constructor(
    stage: { readonly name: string; readonly inputs: readonly string[] },
    metrics: Metrics,
    joined: () => boolean,
  ) {
    this.stage = stage.name;
    this.inputs = stage.inputs;
    this.metrics = metrics;
    this.joined = joined;
    const labels = { stage: stage.name };
    metrics.set('cliptide_partitions_owned', 0, labels);
    metrics.add('cliptide_assignments_total', 0, labels);
    metrics.add('cliptide_assignments_lost_total', 0, labels);
    metrics.add('cliptide_stage_records_total', 0, labels);
    metrics.add('cliptide_dead_letters_total', 0, labels);
    for (const on of ['log', 'registry']) metrics.add('cliptide_waits_total', 0, { ...labels, on });
  }

  /** Whether the stage is a member of its group; one that was given no partition is, too. */
  get hasJoined(): boolean {
    return this.joined();
  }

  /** A partition that was lost and given again can be here twice, until the work on the first has ended. */
  get partitions(): ReadonlySet<PartitionProgress> {
    return this.owned;
  }

  /** Work on a partition begins. */
  begin(partition: number): PartitionProgress {
    const progress = { partition, isRecovered: false, positions: {} };
    this.owned.add(progress);
    this.metrics.add('cliptide_assignments_total', 1, { stage: this.stage });
    this.metrics.set('cliptide_partitions_owned', this.owned.size, { stage: this.stage });
    return progress;
  }

  /** Work on a partition has ended: it went to another member (`isLost`), or the stage stops. */
  end(progress: PartitionProgress, isLost: boolean): void {
    this.owned.delete(progress);
    const { partition } = progress;
    if (isLost) this.metrics.add('cliptide_assignments_lost_total', 1, { stage: this.stage });
    this.metrics.set('cliptide_partitions_owned', this.owned.size, { stage: this.stage });
    if ([...this.owned].some((other) => other.partition === partition)) return;
    this.metrics.forget({ stage: this.stage, partition: String(partition) });
  }
}
