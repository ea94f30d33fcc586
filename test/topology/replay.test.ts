import { rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventsKey } from '../../src/domain/ids.ts';
import type { EndedStream } from '../../src/domain/records.gen.ts';
import { whenIdle } from '../../src/runtime/idle.ts';
import { toAppend, toInput } from '../../src/runtime/records.ts';
import { replayLog } from '../../src/runtime/replay/log.ts';
import { fileSource, type ReplaySource, topicSource } from '../../src/runtime/replay/source.ts';
import { startSink } from '../../src/runtime/sink.ts';
import { type StatefulDependencies, startStateful } from '../../src/runtime/stateful.ts';
import { keepStage } from '../../src/stages/keep/stage.ts';
import { scoreStage } from '../../src/stages/score/stage.ts';
import { ShiftedClock, temporaryFolder } from '../support/embeddedlog.ts';
import { hourly, wished } from '../support/endedbroadcasts.ts';
import { keptIn, type TestKept } from '../support/keptevents.ts';
import { appendLive, type Said, saidBy, withLog } from '../support/scoredlog.ts';

/** Half a minute later: an archive that is not known by then is not waited for. */
const soonAfter = new ShiftedClock();
soonAfter.aheadMs = 30_000;

let folder: string;
let kept: TestKept;
beforeEach(async () => {
  folder = temporaryFolder();
  kept = await keptIn(folder);
});
afterEach(async () => {
  await kept.close();
  rmSync(folder, { recursive: true, force: true });
});

const setting = (deps: StatefulDependencies, channelId: string, hour: number, perHour: number) =>
  deps.log.append([
    toAppend(deps.codec, { topic: 'channel.settings', key: channelId, record: wished(channelId, hour, perHour) }),
  ]);

/** Scores what lies in the log, as a live process does, and keeps it. */
async function live(deps: StatefulDependencies): Promise<void> {
  const score = startStateful(scoreStage({ run: 'live' }), deps);
  const keep = startSink(keepStage({ ...deps, ...kept, clock: soonAfter }), deps);
  await whenIdle([...score.progress, ...keep.progress], deps, AbortSignal.timeout(30_000));
  await score.stop();
  await keep.stop();
}

/** What the stage says of a broadcast that comes from elsewhere, over a log of its own. */
async function replayed(
  source: ReplaySource,
  codec: StatefulDependencies['codec'],
): Promise<Said & { dead: string[] }> {
  return withLog(undefined, 1, async (own) => {
    const deps = { ...own, codec };
    for (const record of await source.settings()) {
      const key = record.channelId;
      await deps.log.append([toAppend(codec, { topic: 'channel.settings', key, record })]);
    }
    const log = replayLog(deps.log, { events: source.live(), room: async () => undefined, onRead: () => undefined });
    const score = startStateful(scoreStage({ run: 'live' }), { ...deps, log });
    await Promise.race([log.allRead, score.done]);
    await whenIdle(score.progress, { ...deps, log }, AbortSignal.timeout(30_000));
    await score.stop();
    return { ...(await saidBy(deps)), dead: await deadIn(deps) };
  });
}

async function deadIn(deps: StatefulDependencies): Promise<string[]> {
  const found: string[] = [];
  for (let partition = 0; partition < deps.log.partitions('score.dead'); partition += 1) {
    const records = await deps.log.read('score.dead', partition, 0, 1_000);
    found.push(...records.map((record) => JSON.stringify(toInput(deps.codec, record).record)));
  }
  return found;
}

async function endedIn({ log, codec }: StatefulDependencies): Promise<EndedStream[]> {
  const partitions = Array.from({ length: log.partitions('streams.ended') }, (_, partition) => partition);
  const read = await Promise.all(partitions.map((partition) => log.read('streams.ended', partition, 0, 100)));
  return read.flat().map((record) => toInput<'streams.ended'>(codec, record).record);
}

test('a broadcast gives the same bytes live, from its topic and from its file, dead letters included', async () => {
  const broken = hourly('one', 0).map((event, at) => (at % 400 === 7 ? { ...event, chat: null } : event));
  // Live, each alone, so that what it said is known by itself.
  const alone = async (index: number): Promise<Said & { dead: string[] }> =>
    withLog(undefined, 1, async (deps) => {
      await setting(deps, 'channel', 0, 40);
      if (index === 1) await setting(deps, 'channel', 2, 3);
      await appendLive(deps, index === 0 ? broken : hourly('two', 2, 'channel'));
      const score = startStateful(scoreStage({ run: 'live' }), deps);
      await whenIdle(score.progress, deps, AbortSignal.timeout(30_000));
      await score.stop();
      return { ...(await saidBy(deps)), dead: await deadIn(deps) };
    });
  await withLog(undefined, 1, async (deps) => {
    const channelOfOne = broken[0]?.channelId ?? '';
    await appendLive(deps, broken);
    await setting(deps, 'channel', 0, 40);
    await live(deps);
    await setting(deps, 'channel', 2, 3);
    await appendLive(deps, hourly('two', 2, 'channel'));
    await live(deps);
    // Only the newest settings of a channel stay, and they are not those that held.
    await setting(deps, 'channel', 9, 100);
    await setting(deps, channelOfOne, 9, 100);
    const ended = await endedIn(deps);
    expect(ended.map(({ streamId }) => streamId)).toEqual(['one', 'two']);
    for (const [index, one] of ended.entries()) {
      const oracle = await alone(index);
      expect(oracle.highlights).toBeGreaterThan(1);
      expect(oracle.dead.length > 0).toBe(index === 0);
      const file = fileSource(kept.files, await kept.store.open(eventsKey(one.streamId)), deps.codec);
      const fromFile = await replayed(file, deps.codec);
      const fromTopic = await replayed(topicSource(deps, one), deps.codec);
      expect({ ...fromFile, dead: [] }).toEqual({ ...oracle, dead: [] });
      expect(fromTopic).toEqual(fromFile);
      expect(await file.settings()).toEqual(index === 0 ? [] : [wished('channel', 2, 3)]);
      if (index === 0) expect(fromFile.dead).toEqual(oracle.dead);
    }
  });
});

test('a replay writes nothing into the log that it reads from', async () => {
  await withLog(undefined, 2, async (deps) => {
    await appendLive(deps, hourly('one', 0));
    await live(deps);
    const ends = async () =>
      Promise.all(
        ['highlights.detected', 'streams.seconds', 'score.changelog', 'streams.ended', 'live.analytics'].flatMap(
          (topic) => [0, 1].map(async (partition) => (await deps.log.bounds(topic, partition)).end),
        ),
      );
    const before = await ends();
    const [ended] = await endedIn(deps);
    if (ended === undefined) throw new Error('nothing has ended');
    await replayed(topicSource(deps, ended), deps.codec);
    expect(await ends()).toEqual(before);
  });
});
