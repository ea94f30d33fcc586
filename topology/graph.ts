import { type RoleName, type StageName, stageNames, type TopicName } from './topics.ts';

/** A stage as data: what it reads, in the order of priority, what it writes, and what it is. */
export interface StageSpec {
  /** The role of a process that runs it. */
  readonly role: RoleName;
  readonly kind: 'source' | 'stateful' | 'worker' | 'sink';
  readonly inputs: readonly TopicName[];
  readonly outputs: readonly TopicName[];
  /** Topics that it reads as whole tables beside its inputs, from their beginning and without a group. */
  readonly tables?: readonly TopicName[];
}

/** The stages. Where a topic is both input and output of a stage, the stage reads back what it decided. */
export const stages: Readonly<Record<StageName, StageSpec>> = {
  ingest: {
    role: 'ingest',
    kind: 'source',
    inputs: [],
    outputs: ['live.analytics', 'archive.events', 'channel.settings', 'ingest.positions', 'ingest.dead'],
    tables: ['ingest.positions', 'channel.settings'],
  },
  score: {
    role: 'score',
    kind: 'stateful',
    inputs: ['channel.settings', 'live.analytics'],
    outputs: [
      'streams.seconds',
      'highlights.detected',
      'highlights.ranked',
      'streams.ended',
      'score.changelog',
      'score.dead',
    ],
    tables: ['score.changelog', 'operator.gaps'],
  },
  conduct: {
    role: 'conduct',
    kind: 'stateful',
    inputs: [
      'highlights.journal',
      'channel.settings',
      'operator.commands',
      'workers.status',
      'timers',
      'archive.events',
      'highlights.detected',
      'highlights.ranked',
      'highlights.refined',
      'clips.rendered',
    ],
    outputs: ['highlights.journal', 'refine.tasks', 'render.tasks', 'timers', 'conduct.changelog', 'conduct.dead'],
    tables: ['conduct.changelog', 'operator.gaps'],
  },
  refine: {
    role: 'refine',
    kind: 'worker',
    inputs: ['refine.tasks'],
    outputs: ['highlights.refined', 'workers.status', 'attempts', 'budget.entries', 'refine.dead'],
    tables: ['archive.events', 'channel.settings', 'budget.entries', 'highlights.refined', 'operator.gaps'],
  },
  render: {
    role: 'render',
    kind: 'worker',
    inputs: ['render.tasks'],
    outputs: ['clips.rendered', 'workers.status', 'attempts', 'budget.entries', 'render.dead'],
    tables: [
      'archive.events',
      'channel.settings',
      'budget.entries',
      'clips.rendered',
      'highlights.journal',
      'operator.gaps',
    ],
  },
  record: {
    role: 'record',
    kind: 'sink',
    inputs: [
      'runs',
      'streams.seconds',
      'highlights.detected',
      'highlights.ranked',
      'highlights.journal',
      'clips.rendered',
      'attempts',
      'operator.gaps',
      'ingest.dead',
      'score.dead',
      'conduct.dead',
      'refine.dead',
      'render.dead',
      'keep.dead',
      'notify.dead',
    ],
    outputs: ['record.dead'],
    tables: ['operator.gaps'],
  },
  notify: {
    role: 'notify',
    kind: 'sink',
    inputs: ['clips.rendered'],
    outputs: ['notify.dead'],
    tables: ['operator.gaps'],
  },
  // Beside record and not in it: clips and results are different stores, and one that is full or away holds up its own.
  keep: {
    role: 'record',
    kind: 'sink',
    inputs: ['streams.ended'],
    outputs: ['keep.dead'],
    tables: ['live.analytics', 'archive.events', 'channel.settings', 'operator.gaps'],
  },
};

/** The stages that a role runs; none for `api`, which is no stage. */
export const stagesOf = (role: string): readonly StageName[] => stageNames.filter((name) => stages[name].role === role);
