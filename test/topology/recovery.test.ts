import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { offsetsKey, ofSlotKey } from '../../src/runtime/snapshots.ts';
import type { StatefulDependencies } from '../../src/runtime/stateful.ts';
import { madeChat } from '../support/madechat.ts';
import { appendLive, type Said, saidBy, withLog } from '../support/scoredlog.ts';
import { scoreToTheEnd } from '../support/scorerun.ts';

const folder = mkdtempSync(join(tmpdir(), 'cliptide-recovery-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const streams = ['one', 'two', 'three'].map((streamId, index) =>
  madeChat({ seed: index + 7, streamId, seconds: 1_500, messagesPerSecond: 3, burstEverySec: 200 }),
);
const half = streams.map((events) => Math.floor(events.length / 2));
const firstHalf = streams.flatMap((events, index) => events.slice(0, half[index]));
const secondHalf = streams.flatMap((events, index) => events.slice(half[index]));

async function oracle(): Promise<Said> {
  return withLog(undefined, 2, async (deps) => {
    await appendLive(deps, [...firstHalf, ...secondHalf]);
    await scoreToTheEnd(deps);
    return saidBy(deps);
  });
}

/** Scores half of the streams, stops, lets `harm` at what was written, scores the rest in a new process's place. */
async function harmed(name: string, harm: (deps: StatefulDependencies) => Promise<void>): Promise<Said> {
  const data = join(folder, name);
  await withLog(data, 2, async (deps) => {
    await appendLive(deps, firstHalf);
    await scoreToTheEnd(deps);
    await harm(deps);
    await appendLive(deps, secondHalf);
  });
  return withLog(data, 2, async (deps) => {
    await scoreToTheEnd(deps);
    return saidBy(deps);
  });
}

/** Appends to the changelog what a flipped byte in the newest snapshot of each fitting key would have left. */
const flipNewest =
  (fits: (key: string) => boolean) =>
  async ({ log }: StatefulDependencies): Promise<void> => {
    let flipped = 0;
    for (let partition = 0; partition < 2; partition += 1) {
      const records = await log.read('score.changelog', partition, 0, 100_000);
      const newest = new Map<string, (typeof records)[number]>();
      for (const record of records) newest.set(ofSlotKey(record.key).key, record);
      for (const [key, record] of newest) {
        if (!fits(key) || record.value === null) continue;
        const value = Buffer.from(record.value);
        const middle = Math.floor(value.length / 2);
        value.writeUInt8(value.readUInt8(middle) ^ 0x40, middle);
        await log.append([{ topic: 'score.changelog', partition, key: record.key, value }]);
        flipped += 1;
      }
    }
    expect(flipped).toBeGreaterThan(0);
  };

describe('a scorer that comes back', () => {
  test('goes on where it was, and says what one that never stopped says', async () => {
    expect(await harmed('plain', async () => {})).toEqual(await oracle());
  });

  test('heals when a newest snapshot cannot be read', async () => {
    expect(
      await harmed(
        'newest',
        flipNewest((key) => key === 'two'),
      ),
    ).toEqual(await oracle());
  });

  test('heals when the partition record is damaged', async () => {
    expect(
      await harmed(
        'offsets',
        flipNewest((key) => key === offsetsKey),
      ),
    ).toEqual(await oracle());
  });

  test('replays from the beginning when both snapshots of a stream are gone', async () => {
    const both = async (deps: StatefulDependencies): Promise<void> => {
      for (let partition = 0; partition < 2; partition += 1) {
        const records = await deps.log.read('score.changelog', partition, 0, 100_000);
        const keys = new Set(records.map((record) => record.key).filter((key) => key.startsWith('one#')));
        for (const key of keys) {
          await deps.log.append([{ topic: 'score.changelog', partition, key, value: Buffer.from('rubbish') }]);
        }
      }
    };
    expect(await harmed('both', both)).toEqual(await oracle());
  });
});
