/** A figure that Cliptide keeps about itself, as Prometheus knows it: units are base units and part of the name. */
export interface MetricSpec {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** What it is, in one sentence. */
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram's buckets, in its unit. */
  readonly buckets?: readonly number[];
}

/** Every metric by its name. None holds a secret, and no label has more values than the configuration gives it. */
export const metricSpecs = {
  cliptide_build_info: {
    type: 'gauge',
    help: 'Always 1; the labels say which version runs on which node.',
    labels: ['version', 'node'],
  },
  cliptide_role_ready: {
    type: 'gauge',
    help: 'Whether a role of this process is ready: 1 or 0.',
    labels: ['role'],
  },
  cliptide_partitions_owned: {
    type: 'gauge',
    help: 'Partitions that this process works on.',
    labels: ['stage'],
  },
  cliptide_assignments_total: {
    type: 'counter',
    help: 'Partitions that were given to this process; more of them than at the start are rebalances.',
    labels: ['stage'],
  },
  cliptide_assignments_lost_total: {
    type: 'counter',
    help: 'Partitions that went to another member while this process worked on them.',
    labels: ['stage'],
  },
  cliptide_consumer_lag_records: {
    type: 'gauge',
    help: "Records of the stage's inputs that it has not finished yet.",
    labels: ['stage', 'partition'],
  },
  cliptide_stage_records_total: {
    type: 'counter',
    help: 'Records that a stage has taken in; after a crash those since the last commit come again.',
    labels: ['stage'],
  },
  cliptide_ingested_records_total: {
    type: 'counter',
    help: 'Records that ingest has read from sources.',
    labels: [],
  },
  cliptide_events_total: {
    type: 'counter',
    help: 'Source records by what became of them, as ingest or score decided; what still waits to be scored is missing; lost: given up by an operator, marks included.',
    labels: ['stage', 'fate'],
  },
  cliptide_dead_letters_total: {
    type: 'counter',
    help: 'Records that a stage could not use and has put aside, with the reason.',
    labels: ['stage'],
  },
  cliptide_watermark_delay_seconds: {
    type: 'gauge',
    help: 'Event time that is waited for: newest event less watermark, of the broadcast that waits longest.',
    labels: ['stage', 'partition'],
  },
  cliptide_watermark_timestamp_seconds: {
    type: 'gauge',
    help: 'Event time up to which all broadcasts on air are scored, since 1970; time() less it is how far they are behind.',
    labels: ['stage', 'partition'],
  },
  cliptide_states: {
    type: 'gauge',
    help: 'States that a stateful stage holds in memory, small markers of ended broadcasts included.',
    labels: ['stage', 'partition'],
  },
  cliptide_commit_cycle_seconds: {
    type: 'histogram',
    help: 'Time to make work durable and commit it: a checkpoint of a stateful stage, a batch of a sink.',
    labels: ['stage'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  },
  cliptide_waits_total: {
    type: 'counter',
    help: 'Waits for what is away, or has no room on its disk, before it is tried again; on: log, registry, results, webhook or clips.',
    labels: ['stage', 'on'],
  },
  cliptide_worker_tasks_in_flight: {
    type: 'gauge',
    help: 'Tasks that a worker is at work on.',
    labels: ['stage'],
  },
  cliptide_worker_credits: {
    type: 'gauge',
    help: 'Tasks that a worker takes at a time.',
    labels: ['stage'],
  },
  cliptide_worker_attempts_total: {
    type: 'counter',
    help: 'Tries of tasks; outcome: done, retried or failed.',
    labels: ['stage', 'outcome'],
  },
  cliptide_kept_broadcasts_total: {
    type: 'counter',
    help: 'Broadcasts that ended; outcome: kept (their events are in a file) or refused (no room, or gone from the topic).',
    labels: ['outcome'],
  },
  cliptide_clips_rendered_total: {
    type: 'counter',
    help: 'Clips that were rendered and stored.',
    labels: ['preset'],
  },
  cliptide_fetched_bytes_total: {
    type: 'counter',
    help: 'Bytes read from remote archives; what: media or playlist.',
    labels: ['what'],
  },
  cliptide_webhooks_total: {
    type: 'counter',
    help: 'Webhook requests by the host they went to; outcome: delivered, failed (tried again) or refused (given up).',
    labels: ['host', 'outcome'],
  },
  cliptide_store_bytes: {
    type: 'gauge',
    help: 'Bytes that a store of the data folder takes; store: log, ledger, results, cache, work, clips or events.',
    labels: ['store'],
  },
  cliptide_store_cap_bytes: {
    type: 'gauge',
    help: 'Most that a store may take; store: log, results, cache, work, clips or events.',
    labels: ['store'],
  },
  cliptide_data_cap_bytes: {
    type: 'gauge',
    help: 'Most that the data folder may hold (dataCapBytes).',
    labels: [],
  },
  cliptide_disk_free_bytes: {
    type: 'gauge',
    help: 'Bytes that are free on the disk of the data folder.',
    labels: [],
  },
  cliptide_disk_floor_bytes: {
    type: 'gauge',
    help: 'Bytes that are left free on that disk (freeSpaceFloorBytes): nothing is written below it.',
    labels: [],
  },
  cliptide_measured_timestamp_seconds: {
    type: 'gauge',
    help: 'When figures that have to be asked for were last had, since 1970; figures: lag or stores.',
    labels: ['figures'],
  },
} as const satisfies Readonly<Record<string, MetricSpec>>;

export type MetricName = keyof typeof metricSpecs;

/** Names of the metrics of a type. */
export type MetricOf<T extends MetricSpec['type']> = {
  [N in MetricName]: (typeof metricSpecs)[N]['type'] extends T ? N : never;
}[MetricName];

/** A value for each label of a metric. */
export type LabelsOf<N extends MetricName> = { readonly [L in (typeof metricSpecs)[N]['labels'][number]]: string };
