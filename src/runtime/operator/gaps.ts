import { stages } from '../../../topology/graph.ts';
import { type StageName, stageNames, statefulStages } from '../../../topology/topics.ts';
import type { Gap } from '../../domain/records.gen.ts';
import type { Offsets } from '../../ports/eventlog.ts';
import { groupOf, type RuntimeDependencies } from '../dependencies.ts';
import { behindGaps, readGaps } from '../gaps.ts';
import { toAppend } from '../records.ts';
import { idsOf, madeAnew, readChangelog, resumeOffsets } from '../recovery.ts';

/** Which gaps are meant; what is absent does not narrow them. */
export interface GapFilter {
  readonly stage?: string | undefined;
  readonly topic?: string | undefined;
  readonly partition?: number | undefined;
}

/** Records that a stage needs next and that are gone. */
export interface GapRow {
  readonly kind: 'gap';
  readonly stage: StageName;
  readonly topic: string;
  readonly partition: number;
  /** The first offset that is lost, and the first that is left. */
  readonly fromOffset: number;
  readonly toOffset: number;
  /** How many offsets that is; in a topic with marks of its own a few of them are no records. */
  readonly records: number;
  readonly accepted: boolean;
}

/** A stage whose topic was made anew, or that stands behind the end of one: no gap says how to go on. */
export interface RecreatedRow {
  readonly kind: 'recreated';
  readonly stage: StageName;
  readonly topic: string;
  readonly partition: number;
  readonly position: number;
  readonly end: number;
}

export interface RecoverRow {
  readonly kind: 'recover';
  readonly gaps: number;
  readonly records: number;
  readonly accepted: number;
  readonly recreated: number;
}

/** The gaps of every stage, then their sum; with `accept` each is put on record before it is told. */
export async function* recoverGaps(
  deps: RuntimeDependencies,
  filter: GapFilter,
  accept: boolean,
): AsyncGenerator<GapRow | RecreatedRow | RecoverRow> {
  const sum = { gaps: 0, records: 0, accepted: 0, recreated: 0 };
  for (const stage of stageNames) {
    if (filter.stage !== undefined && filter.stage !== stage) continue;
    for (const row of await faultsOf(deps, stage)) {
      if (filter.topic !== undefined && filter.topic !== row.topic) continue;
      if (filter.partition !== undefined && filter.partition !== row.partition) continue;
      if (row.kind === 'recreated') {
        sum.recreated += 1;
        yield row;
        continue;
      }
      sum.gaps += 1;
      sum.records += row.records;
      if (accept) {
        await record(deps, row);
        sum.accepted += 1;
      }
      yield { ...row, accepted: accept };
    }
  }
  yield { kind: 'recover', ...sum };
}

async function faultsOf(deps: RuntimeDependencies, stage: StageName): Promise<readonly (GapRow | RecreatedRow)[]> {
  const { inputs } = stages[stage];
  const [first] = inputs;
  if (first === undefined) return [];
  const partitions = Array.from({ length: deps.log.partitions(first) }, (_, partition) => partition);
  const positions = await positionsOf(deps, stage, partitions);
  const places = partitions.flatMap((partition) => inputs.map((topic) => ({ topic, partition })));
  const bounds = await deps.log.boundsOf(places);
  const gaps = await Promise.all(partitions.map((partition) => readGaps(deps, stage, partition)));
  return places.flatMap((place, index): (GapRow | RecreatedRow)[] => {
    const { topic, partition } = place;
    const offset = positions[partition]?.offsets[topic];
    const known = bounds[index] ?? { start: 0, end: 0 };
    if (offset === undefined) return [];
    const position = behindGaps(gaps[partition] ?? [], topic, offset, known);
    const isAnother = positions[partition]?.madeAnew.includes(topic) === true;
    if (isAnother || position > known.end) return [{ kind: 'recreated', stage, ...place, position, end: known.end }];
    if (position >= known.start) return [];
    const range = { fromOffset: position, toOffset: known.start, records: known.start - position };
    return [{ kind: 'gap', stage, ...place, ...range, accepted: false }];
  });
}

interface Positions {
  readonly offsets: Offsets;
  /** Topics in which they say nothing, since another one has the name now. */
  readonly madeAnew: readonly string[];
}

/** Where the stage would go on, by partition and topic: what it keeps state by counts before what its group committed. */
async function positionsOf(
  deps: RuntimeDependencies,
  stage: StageName,
  partitions: readonly number[],
): Promise<readonly Positions[]> {
  const stateful = statefulStages.find((name) => name === stage);
  if (stateful === undefined) {
    const committed = await deps.log.committedBy(groupOf(deps.run, stage), stages[stage].inputs);
    return partitions.map((partition) => {
      const known = [...committed].map(([topic, next]) => [topic, next[partition] ?? null] as const);
      const there = known.filter((entry): entry is readonly [string, number] => entry[1] !== null);
      return { offsets: Object.fromEntries(there), madeAnew: [] };
    });
  }
  const ids = idsOf(deps.log, stages[stage].inputs);
  const all: Positions[] = [];
  for (const partition of partitions) {
    const changelog = await readChangelog(deps.log, deps.codec, stateful, partition);
    all.push({ offsets: resumeOffsets(changelog), madeAnew: madeAnew(changelog.topicIds, ids) });
  }
  return all;
}

async function record(deps: RuntimeDependencies, row: GapRow): Promise<void> {
  const { stage, topic, partition, fromOffset, toOffset } = row;
  const gapId = `${groupOf(deps.run, stage)}/${topic}/${partition}/${fromOffset}`;
  const gap: Gap = {
    gapId,
    run: deps.run,
    stage,
    topic,
    partition,
    fromOffset,
    toOffset,
    actor: deps.nodeId,
    atMs: deps.clock.now(),
  };
  // In the partition of what was lost, where whoever works on it looks; compaction keeps the newest of an id.
  await deps.log.append([toAppend(deps.codec, { topic: 'operator.gaps', key: gapId, partition, record: gap })]);
}
