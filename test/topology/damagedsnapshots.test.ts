import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { StateSnapshot } from '../../src/domain/records.gen.ts';
import type { LogRecord } from '../../src/ports/eventlog.ts';
import { readChangelog } from '../../src/runtime/recovery.ts';
import { offsetsKey, ofSlotKey } from '../../src/runtime/snapshots.ts';
import type { StatefulDependencies } from '../../src/runtime/stateful.ts';
import { seed } from '../support/chaos.ts';
import { flipped, silentDamage } from '../support/damage.ts';
import { madeChat, seeded } from '../support/madechat.ts';
import { appendLive, type Said, saidBy, withLog } from '../support/scoredlog.ts';
import { scoreToTheEnd } from '../support/scorerun.ts';

const folder = mkdtempSync(join(tmpdir(), 'cliptide-damaged-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const streams = Array.from({ length: 8 }, (_, index) =>
  madeChat({ seed: index + 31, streamId: `s${index}`, seconds: 900, messagesPerSecond: 2, burstEverySec: 150 }),
);
/** The events of all streams in thirds, as they come one stream beside the other. */
const thirds = [0, 1, 2].map((third) =>
  streams.map((events) =>
    events.slice(Math.floor((events.length * third) / 3), Math.floor((events.length * (third + 1)) / 3)),
  ),
);
const restOf = (streamId: string) => (thirds[2] ?? []).flat().filter((event) => event.streamId === streamId);

/** The newest record of each slot of each key, with what it holds. */
async function slotsOf({ log, codec }: StatefulDependencies) {
  const slots = new Map<string, { readonly record: LogRecord; readonly snapshot: StateSnapshot }>();
  for (const record of await log.read('score.changelog', 0, 0, 100_000)) {
    if (record.value === null) slots.delete(record.key);
    else slots.set(record.key, { record, snapshot: codec.decode('changelogs', record.value) });
  }
  return slots;
}

/** By key, the newer and the older of its two snapshots. */
async function pairsOf(deps: StatefulDependencies) {
  const slots = await slotsOf(deps);
  return streams.map((_, index) => {
    const ofKey = [...slots.values()].filter(({ snapshot }) => snapshot.key === `s${index}`);
    const [newer, older] = ofKey.sort(
      ({ snapshot: a }, { snapshot: b }) => b.epoch - a.epoch || b.sequence - a.sequence,
    );
    if (newer === undefined || older === undefined) throw new Error(`s${index} has no two snapshots`);
    return { newer, older };
  });
}

/** Scores two thirds with a stop between them, lets `harm` at what was written, scores the rest after a restart. */
async function interrupted(name: string, harm: (deps: StatefulDependencies) => Promise<void>): Promise<Said> {
  const data = join(folder, name);
  await withLog(data, 1, async (deps) => {
    for (const third of thirds.slice(0, 2)) {
      await appendLive(deps, third.flat());
      await scoreToTheEnd(deps);
    }
    await harm(deps);
    await appendLive(deps, (thirds[2] ?? []).flat());
  });
  return withLog(data, 1, async (deps) => {
    await scoreToTheEnd(deps);
    return saidBy(deps);
  });
}

/** Damages the newest snapshot of every stream so that only its checksum can tell. */
async function damageNewest(deps: StatefulDependencies): Promise<void> {
  const random = seeded(seed);
  for (const { newer } of await pairsOf(deps)) {
    const { record, snapshot } = newer;
    const state = silentDamage(snapshot, restOf(snapshot.key), random);
    const value = deps.codec.encode('changelogs', { ...snapshot, state });
    await deps.log.append([{ topic: record.topic, partition: record.partition, key: record.key, value }]);
  }
}

/** Retention takes what came before the older snapshots: nothing could be replayed from the beginning any more. */
async function forgetTheBeginning(deps: StatefulDependencies): Promise<void> {
  const seen = (await pairsOf(deps)).map(({ older }) => older.snapshot.offsets['live.analytics'] ?? 0);
  await deps.log.trim('live.analytics', 0, Math.min(...seen));
  expect((await deps.log.bounds('live.analytics', 0)).start).toBeGreaterThan(1_000);
}

describe(`promise 10: bits flipped in the newest snapshots heal (seed ${seed})`, async () => {
  const oracle = await withLog(undefined, 1, async (deps) => {
    await appendLive(deps, thirds.flat(2));
    await scoreToTheEnd(deps);
    return saidBy(deps);
  });

  test('there is something to lose', () => {
    expect(oracle.highlights).toBeGreaterThan(streams.length);
  });

  test('that would have been believed but for their checksum, and have changed what is said', async () => {
    expect(await interrupted('newest', damageNewest)).toEqual(oracle);
  });

  test('from the older snapshot, when the log does not reach back to the beginning', async () => {
    const harm = async (deps: StatefulDependencies): Promise<void> => {
      // The older ones are read before the damage, which takes their place in no slot.
      await forgetTheBeginning(deps);
      await damageNewest(deps);
    };
    expect(await interrupted('forgotten', harm)).toEqual(oracle);
  });

  test('a changelog whose beginning was removed, the newest snapshots with it, is not believed, and heals for good', async () => {
    const harm = async ({ log }: StatefulDependencies): Promise<void> => {
      const { end } = await log.bounds('score.changelog', 0);
      // The partition's record is the last but for what its owner then let go of; it alone says nothing of a state.
      const records = await log.read('score.changelog', 0, 0, 100_000);
      const record = records.findLast(({ key, value }) => ofSlotKey(key).key === offsetsKey && value !== null);
      await log.trim('score.changelog', 0, record?.offset ?? end);
    };
    expect(await interrupted('truncated', harm)).toEqual(oracle);
    await withLog(join(folder, 'truncated'), 1, async (deps) => {
      const changelog = await readChangelog(deps.log, deps.codec, 'score', 0);
      expect(changelog.start).toBeGreaterThan(0);
      expect([...changelog.damaged]).toEqual([]);
    });
  });

  test('wherever they are: of two snapshots the older is taken, for a flip in any byte of the newer', async () => {
    await withLog(undefined, 1, async (deps) => {
      for (const part of [0, 1]) {
        await appendLive(deps, (thirds[part]?.[0] ?? []).slice(0, 60));
        await scoreToTheEnd(deps);
      }
      const slots = await slotsOf(deps);
      const ofKey = (key: string) => [...slots.values()].filter(({ snapshot }) => snapshot.key === key);
      const [older, newer] = ofKey('s0').sort(({ snapshot: a }, { snapshot: b }) => a.epoch - b.epoch);
      const [offsets] = ofKey(offsetsKey).sort(({ snapshot: a }, { snapshot: b }) => b.epoch - a.epoch);
      if (older === undefined || newer === undefined || offsets === undefined) throw new Error('no two snapshots');
      expect(newer.snapshot.epoch).toBeGreaterThan(older.snapshot.epoch);
      const random = seeded(seed);
      const whole = newer.record.value ?? Buffer.alloc(0);
      for (let at = 0; at < whole.length; at += 1) {
        const value = flipped(whole, at, Math.floor(random() * 8));
        const records = [older.record, { ...newer.record, value }, offsets.record];
        const log = {
          ...deps.log,
          topicId: () => undefined,
          bounds: async () => ({ start: 0, end: 3 }),
          read: async () => records,
        };
        const { snapshots, damaged } = await readChangelog(log, deps.codec, 'score', 0);
        expect(snapshots.get('s0')?.sequence, `byte ${at}`).toBe(older.snapshot.sequence);
        expect([...damaged], `byte ${at}`).toEqual(['s0']);
      }
    });
  });
});
