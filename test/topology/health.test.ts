import { describe, expect, test } from 'vitest';
import { ProcessHealth } from '../../src/cli/node/health.ts';
import { readTopic } from '../../src/cli/node/watch.ts';
import { CliptideError } from '../../src/domain/errors.ts';
import type { SchemaCodec } from '../../src/ports/codec.ts';
import type { EventLog } from '../../src/ports/eventlog.ts';
import type { RoleHealth } from '../../src/ports/health.ts';
import { measureLag } from '../../src/runtime/lag.ts';
import { toAppend } from '../../src/runtime/records.ts';
import { startSink } from '../../src/runtime/sink.ts';
import { type StatefulDependencies, startStateful } from '../../src/runtime/stateful.ts';
import { conductStage } from '../../src/stages/conduct/stage.ts';
import { scoreStage } from '../../src/stages/score/stage.ts';
import { madeChat } from '../support/madechat.ts';
import { clip } from '../support/recordinputs.ts';
import { appendLive, withLog } from '../support/scoredlog.ts';
import { scoreToTheEnd } from '../support/scorerun.ts';

const made = { seconds: 300, messagesPerSecond: 2, burstEverySec: 60 };
const one = madeChat({ seed: 5, streamId: 'one', ...made });

/** The same log, but that some of its methods do something else first. */
function logWith(log: EventLog, changes: Partial<EventLog>): EventLog {
  return new Proxy(log, {
    get: (target, name) => {
      const value = Reflect.get(changes, name) ?? Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
};

const score = (health: ProcessHealth): RoleHealth | undefined => health.roles().get('score');
const lagOf = ({ metrics }: StatefulDependencies, partition: number, stage = 'score'): number =>
  metrics.value('cliptide_consumer_lag_records', { stage, partition: String(partition) });

describe('a role is ready', () => {
  test('when all of its partitions are recovered, and not before; a stop ends it, a failure too', async () => {
    await withLog(undefined, 2, async (deps) => {
      await appendLive(deps, one);
      const { promise: readable, resolve: release } = Promise.withResolvers<void>();
      const held = deps.log.partitionOf('live.analytics', 'channel-of-one');
      const log = logWith(deps.log, {
        bounds: async (topic, partition) => {
          if (topic === 'score.changelog' && partition === held) await readable;
          return deps.log.bounds(topic, partition);
        },
      });
      const health = new ProcessHealth(['score', 'ingest']);
      expect(score(health)).toEqual({ state: 'starting', reason: 'the process is starting' });
      const stage = startStateful(scoreStage({ run: 'live' }), { ...deps, log });
      health.started(stage.progress);
      await until(() => score(health)?.partitions?.recovered === 1);
      expect(score(health)).toEqual({
        state: 'recovering',
        reason: `partitions that are not recovered yet: ${held}`,
        partitions: { owned: 2, recovered: 1 },
      });
      expect(health.roles().get('ingest')?.state).toBe('ready');
      release();
      await until(() => score(health)?.state === 'ready');
      expect(score(health)).toEqual({ state: 'ready', reason: '', partitions: { owned: 2, recovered: 2 } });
      health.drain();
      expect(score(health)?.state).toBe('draining');
      await stage.stop();
    });
  });

  test('only when its journal has been read, where it has one', async () => {
    await withLog(undefined, 1, async (deps) => {
      // What lies in it does not matter here: it becomes a dead letter.
      await deps.log.append([{ topic: 'highlights.journal', key: 'channel', value: new Uint8Array([1]) }]);
      const { promise: asked, resolve: isAsked } = Promise.withResolvers<void>();
      const { promise: known, resolve: release } = Promise.withResolvers<void>();
      const prepare: SchemaCodec['prepare'] = async (values) => {
        if ([...values].length === 0) return;
        isAsked();
        await known;
      };
      const codec = { encode: deps.codec.encode.bind(deps.codec), decode: deps.codec.decode.bind(deps.codec), prepare };
      const health = new ProcessHealth(['conduct']);
      const running = startStateful(conductStage({ run: 'live', defaultPresets: [] }), { ...deps, codec });
      health.started(running.progress);
      await until(() => health.roles().get('conduct')?.state === 'recovering');
      await asked;
      expect(health.roles().get('conduct')?.state).toBe('recovering');
      release();
      await until(() => health.roles().get('conduct')?.state === 'ready');
      await running.stop();
    });
  });

  test('no more once it has failed: the reason is told', async () => {
    await withLog(undefined, 1, async (deps) => {
      await appendLive(deps, one);
      const gone = new CliptideError('offset-range', 'records that were not read yet are gone');
      const log = logWith(deps.log, { append: () => Promise.reject(gone) });
      const health = new ProcessHealth(['score']);
      const stage = startStateful(scoreStage({ run: 'live' }), { ...deps, log });
      health.started(stage.progress);
      await stage.done.catch(() => undefined);
      await until(() => score(health)?.state === 'failed');
      expect(score(health)?.reason).toBe('offset-range: records that were not read yet are gone');
      health.drain();
      expect(score(health)?.state).toBe('failed');
      await stage.stop();
    });
  });

  test('also without a partition, where there are more members than partitions', async () => {
    await withLog(undefined, 1, async (deps) => {
      const members = [1, 2].map(() => startStateful(scoreStage({ run: 'live' }), deps));
      const healths = members.map((member) => {
        const health = new ProcessHealth(['score']);
        health.started(member.progress);
        return health;
      });
      await until(() => healths.every((health) => score(health)?.state === 'ready'));
      expect(healths.map((health) => score(health)?.partitions?.owned)).toEqual([1, 0]);
      await Promise.all(members.map((member) => member.stop()));
      expect(healths.map((health) => score(health)?.state)).toEqual(['joining', 'joining']);
    });
  });
});

describe('figures', () => {
  test('of lag count what is not finished: all of it before, nothing after; what retention took does not wait', async () => {
    await withLog(undefined, 1, async (deps) => {
      await appendLive(deps, one);
      await deps.log.trim('live.analytics', 0, 100);
      const waiting = { stage: 'score', inputs: ['live.analytics'] };
      const partitions = new Set([{ partition: 0, isRecovered: false, positions: {} }]);
      await measureLag([{ ...waiting, partitions } as never], deps.log, deps.metrics);
      expect(lagOf(deps, 0)).toBe(one.length - 100);
      const stage = startStateful(scoreStage({ run: 'live' }), deps);
      await until(() => deps.metrics.value('cliptide_stage_records_total', { stage: 'score' }) === one.length - 100);
      await measureLag(stage.progress, deps.log, deps.metrics);
      expect(lagOf(deps, 0)).toBe(0);
      await stage.stop();
    });
  });

  test('of a partition that went to another member are gone, and its loss is counted', async () => {
    await withLog(undefined, 2, async (deps) => {
      await appendLive(deps, one);
      const stage = { stage: 'score' };
      const first = startStateful(scoreStage({ run: 'live' }), deps);
      await until(() => deps.metrics.value('cliptide_stage_records_total', stage) === one.length);
      const [progress] = first.progress;
      await until(() => [...(progress?.partitions ?? [])].every(({ isRecovered }) => isRecovered));
      await appendLive(deps, madeChat({ seed: 6, streamId: 'one', ...made }).slice(0, 100));
      const second = startStateful(scoreStage({ run: 'live' }), deps);
      await until(() => deps.metrics.value('cliptide_assignments_lost_total', stage) === 1);
      expect(deps.metrics.value('cliptide_assignments_total', stage)).toBe(3);
      expect(progress?.partitions.size).toBe(1);
      await Promise.all([first.stop(), second.stop()]);
      expect(deps.metrics.value('cliptide_assignments_lost_total', stage)).toBe(1);
      expect(deps.metrics.value('cliptide_partitions_owned', stage)).toBe(0);
      for (const partition of ['0', '1'])
        expect(deps.metrics.value('cliptide_states', { ...stage, partition })).toBe(0);
    });
  });

  test('of fates are those of the ranking, and count nothing twice over a clean restart', async () => {
    await withLog(undefined, 1, async (deps) => {
      const half = Math.floor(one.length / 2);
      const fate = (name: string) => deps.metrics.value('cliptide_events_total', { stage: 'score', fate: name });
      await appendLive(deps, one.slice(0, half));
      await scoreToTheEnd(deps);
      expect(fate('processed')).toBeGreaterThan(half * 0.9);
      expect(deps.metrics.value('cliptide_commit_cycle_seconds', { stage: 'score' })).toBe(1);
      // Again what it knows, one that is long past, one that makes no sense; a late one after the end.
      const [, known, next] = one;
      const late = { ...known, eventId: 'late' } as (typeof one)[0];
      const senseless = { ...next, eventId: '2099', atMs: Date.UTC(2099, 0, 1) } as (typeof one)[0];
      await appendLive(deps, [
        ...one.slice(half - 10, half),
        late,
        senseless,
        ...one.slice(half),
        { ...late, eventId: 'later' },
      ]);
      await scoreToTheEnd(deps);
      const [ranking] = await readTopic(deps, 'highlights.ranked', 'channel-of-one');
      const { processed, duplicate, late: lateOnes = 0, deadLettered, ignored } = ranking?.fates ?? {};
      expect([processed, deadLettered, ignored]).toEqual([one.length - 2, 1, 0]);
      expect((duplicate ?? 0) + lateOnes).toBe(11);
      const told = ['processed', 'duplicate', 'late', 'deadLettered', 'ignored'].map(fate);
      // The one after the end came too late for the ranking, too.
      expect(told).toEqual([processed, duplicate, lateOnes + 1, deadLettered, ignored]);
      expect(deps.metrics.value('cliptide_dead_letters_total', { stage: 'score' })).toBe(1);
    });
  });

  test('of waits say who waits for what, while it is away', async () => {
    await withLog(undefined, 1, async (deps) => {
      const record = clip('a', 'a', { run: 'live', channelId: 'one' });
      await deps.log.append([toAppend(deps.codec, { topic: 'clips.rendered', key: 'one', record })]);
      let tries = 0;
      const handle = async (): Promise<void> => {
        tries += 1;
        if (tries < 3) throw new CliptideError('unavailable', 'the results are away');
      };
      const sink = { name: 'record', inputs: ['clips.rendered'], waitsFor: 'results', maxBatch: 9, handle } as const;
      const stage = startSink(sink, deps);
      await until(() => deps.metrics.value('cliptide_commit_cycle_seconds', { stage: 'record' }) === 1);
      expect(deps.metrics.value('cliptide_waits_total', { stage: 'record', on: 'results' })).toBe(2);
      expect(deps.metrics.value('cliptide_waits_total', { stage: 'record', on: 'log' })).toBe(0);
      await stage.stop();
    });
  });
});
