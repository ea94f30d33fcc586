import { beforeEach, expect, test } from 'vitest';
import { memoryStateStore } from '../../../src/adapters/embedded/statestore.ts';
import type { StateSnapshot } from '../../../src/domain/records.gen.ts';
import type { LogRecord } from '../../../src/ports/eventlog.ts';
import { KeyedPartition } from '../../../src/runtime/keyedpartition.ts';
import { toAppend } from '../../../src/runtime/records.ts';
import type { Output, StatefulStage } from '../../../src/runtime/stage.ts';
import type { StatefulDependencies } from '../../../src/runtime/stateful.ts';
import { channelId, credits, openedFile } from '../../support/conductworld.ts';
import { withLog } from '../../support/scoredlog.ts';

type Topic = 'workers.status' | 'archive.events';

/** Counts the records of each topic in one state, whose key is `k`. */
const counting: StatefulStage<number[], Topic> = {
  name: 'conduct',
  inputs: ['workers.status', 'archive.events'],
  stateVersion: 1,
  keyOf: () => 'k',
  create: () => [0, 0],
  encode: (state) => Uint8Array.from(state),
  decode: (bytes) => [...bytes],
  process: (input, state) => {
    state[input.topic === 'workers.status' ? 0 : 1] = (state[input.topic === 'workers.status' ? 0 : 1] ?? 0) + 1;
    return [];
  },
  isClosed: () => false,
};

let codec: StatefulDependencies['codec'];
beforeEach(async () => {
  codec = await withLog(undefined, 1, async (deps) => deps.codec);
});

const record = (output: Output, offset: number): LogRecord => {
  const { topic, value } = toAppend(codec, output);
  return { topic, partition: 0, offset, key: channelId, value, headers: {}, appendedAtMs: 0 };
};

function restored(snapshot: Pick<StateSnapshot, 'state' | 'offsets'>): KeyedPartition<number[], Topic> {
  const partition = new KeyedPartition(counting, codec, memoryStateStore<never>(), 0);
  const fields = { key: 'k', slot: 1, epoch: 3, sequence: 6, stateVersion: 1, checksum: '', closed: false };
  const snapshots = new Map([['k', { ...fields, ...snapshot }]]);
  const recordKeys = new Map([['k', ['k#3.1']]]);
  const nothing = { damaged: new Set<string>(), offsets: undefined, topicIds: {}, start: 0 };
  partition.restore({ ...nothing, snapshots, epoch: 3, recordKeys }, 4, {});
  return partition;
}

test('while others are replayed from further back, a state skips what it has seen and never says that it has seen less', () => {
  const partition = restored({ state: Uint8Array.from([4, 9]), offsets: { 'workers.status': 4, 'archive.events': 9 } });
  partition.positions['archive.events'] = 5;
  const [status] = credits(1, 1);
  if (status === undefined) throw new Error('no status');
  partition.process([record(status, 3), record(status, 4), record(openedFile(9), 5)], 0);
  const [snapshot, ...none] = partition.snapshots();
  expect(none).toEqual([]);
  expect(snapshot).toMatchObject({
    topic: 'conduct.changelog',
    key: 'k#4.0',
    record: { slot: 0, offsets: { 'workers.status': 5, 'archive.events': 9 } },
  });
  expect(snapshot?.topic === 'conduct.changelog' && [...snapshot.record.state]).toEqual([5, 9]);
  expect(partition.snapshots()).toEqual([]);
  expect(partition.offsetsRecord()).toMatchObject({
    record: { offsets: { 'workers.status': 5, 'archive.events': 6 } },
  });
});

test('a state that is changed beside its own records is written by the next checkpoint as well', () => {
  const beside: StatefulStage<number[], Topic> = {
    ...counting,
    keyOf: ({ topic }) => topic,
    process: (input, state, context) => {
      const other = context.peek('workers.status');
      if (input.topic === 'archive.events' && other !== undefined) {
        other[1] = 7;
        context.changed('workers.status');
      }
      return counting.process(input, state, context);
    },
  };
  const partition = new KeyedPartition(beside, codec, memoryStateStore<never>(), 0);
  const [status] = credits(1, 1);
  if (status === undefined) throw new Error('no status');
  partition.process([record(status, 0)], 0);
  expect(partition.snapshots()).toHaveLength(1);
  partition.process([record(openedFile(9), 0)], 0);
  const states = partition.snapshots().map(({ key, record }) => [key, 'state' in record ? [...record.state] : []]);
  expect(Object.fromEntries(states)).toEqual({ 'archive.events#0.0': [0, 1], 'workers.status#0.1': [1, 7] });
});
