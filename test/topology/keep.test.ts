import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { noLimits } from '../../src/domain/budgets.ts';
import { CliptideError } from '../../src/domain/errors.ts';
import { eventsKey } from '../../src/domain/ids.ts';
import type { ArchiveEvent, LiveEvent } from '../../src/domain/records.gen.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { whenIdle } from '../../src/runtime/idle.ts';
import { toAppend } from '../../src/runtime/records.ts';
import { startSink } from '../../src/runtime/sink.ts';
import { type StatefulDependencies, startStateful } from '../../src/runtime/stateful.ts';
import { keepStage } from '../../src/stages/keep/stage.ts';
import { scoreStage } from '../../src/stages/score/stage.ts';
import { ShiftedClock, temporaryFolder } from '../support/embeddedlog.ts';
import { filedIn, keptIn, type TestKept } from '../support/keptevents.ts';
import { madeChat, madeZeroMs } from '../support/madechat.ts';
import { appendLive, withLog } from '../support/scoredlog.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const chat = (streamId: string, seconds = 300): LiveEvent[] =>
  madeChat({ seed: 5, streamId, seconds, messagesPerSecond: 4, burstEverySec: 60 });

/** Two broadcasts in one another. */
function interleaved(a: readonly LiveEvent[], b: readonly LiveEvent[]): LiveEvent[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, at) => [a[at], b[at]])
    .flat()
    .filter((event) => event !== undefined);
}

/** Half a minute later: an archive that is not known by then is not waited for. */
const soonAfter = new ShiftedClock();
soonAfter.aheadMs = 30_000;

/** Scores and keeps all that lies in the log. */
async function keepAll(deps: StatefulDependencies, kept: TestKept, clock: Clock = soonAfter): Promise<void> {
  const score = startStateful(scoreStage({ run: 'live' }), deps);
  const keep = startSink(keepStage({ ...deps, ...kept, clock }), deps);
  try {
    const idle = whenIdle([...score.progress, ...keep.progress], deps, AbortSignal.timeout(20_000));
    await Promise.race([idle, score.done, keep.done]);
  } finally {
    await score.stop();
    await keep.stop();
  }
}

const withKept = async (cap: number | undefined, use: (kept: TestKept) => Promise<void>): Promise<void> => {
  const kept = await keptIn(join(folder, 'data'), cap);
  await use(kept).finally(() => kept.close());
};

const appendArchive = (deps: StatefulDependencies, streamId: string, events: readonly Partial<ArchiveEvent>[]) =>
  deps.log.append(
    events.map((event, index) => {
      const ids = { eventId: `${index}`, streamId, channelId: `channel-of-${streamId}`, atMs: 0 };
      const record = { ...ids, kind: 'opened', opened: null, segment: null, ended: null, sound: null, ...event };
      return toAppend(deps.codec, { topic: 'archive.events', key: ids.channelId, record });
    }),
  );
const opened = {
  uri: 'https://archive.example.org/index.m3u8',
  type: 'hls',
  clock: 'offset',
  zeroAtMs: madeZeroMs,
  offsetMs: 0,
  durationMs: null,
  hasVideo: true,
  hasAudio: true,
  source: null,
};

describe('events of a broadcast that has ended', () => {
  test('are in one file each, as they lay in the log, settings and archive in front', async () => {
    const streams = [chat('one'), chat('two')] as const;
    await withKept(undefined, (kept) =>
      withLog(undefined, 2, async (deps) => {
        const settings = { channelId: 'channel-of-one', effectiveAtMs: madeZeroMs, highlightsPerHour: 12 };
        const rest = { latenessMs: 3_000, category: 'games', scorerVersion: '', hold: 'online', top: 0, presets: [] };
        const record = { ...noLimits, ...settings, ...rest };
        await deps.log.append([
          toAppend(deps.codec, { topic: 'channel.settings', key: record.channelId, record }),
          toAppend(deps.codec, {
            topic: 'channel.settings',
            key: record.channelId,
            record: { ...record, effectiveAtMs: madeZeroMs + 10_000_000, highlightsPerHour: 1 },
          }),
        ]);
        await appendArchive(deps, 'one', [{ opened }, { kind: 'ended', ended: { durationMs: 300_000 } }]);
        await appendLive(deps, interleaved(...streams));
        await appendLive(deps, [{ ...streams[0][9], eventId: 'after the end' } as LiveEvent]);
        await keepAll(deps, kept);
        for (const [index, events] of streams.entries()) {
          const streamId = index === 0 ? 'one' : 'two';
          const filed = await filedIn(kept, eventsKey(streamId));
          expect(filed.flatMap(({ event }) => event ?? [])).toEqual(events);
          const partition = deps.log.partitionOf('live.analytics', `channel-of-${streamId}`);
          const lying = await deps.log.read('live.analytics', partition, 0, 100_000);
          const appendedAt = new Map(lying.map(({ offset, appendedAtMs }) => [offset, appendedAtMs]));
          const live = filed.filter(({ event }) => event !== null);
          expect(live.every(({ offset, appendedAtMs }) => appendedAt.get(offset) === appendedAtMs)).toBe(true);
          const header = await kept.files.header(await kept.store.open(eventsKey(streamId)));
          const channelId = `channel-of-${streamId}`;
          expect(header).toEqual({ streamId, channelId, zeroAtMs: madeZeroMs, endedAtMs: madeZeroMs + 300_000 });
        }
        const one = await filedIn(kept, eventsKey('one'));
        // Of the newer settings only what conduct goes by: they did not hold yet.
        expect(one[0]?.settings).toEqual(record);
        expect(one.slice(1, 3).map(({ archive }) => archive?.opened ?? archive?.ended)).toEqual([
          opened,
          { durationMs: 300_000 },
        ]);
        expect((await filedIn(kept, eventsKey('two'))).every(({ event }) => event !== null)).toBe(true);
      }),
    );
  });

  test('are written once: a second time, and a second node, change nothing', async () => {
    await withKept(undefined, async (kept) => {
      const bytes: string[] = [];
      for (const run of [1, 2]) {
        await withLog(undefined, 2, async (deps) => {
          await appendLive(deps, run === 1 ? chat('one') : chat('one', 200));
          await keepAll(deps, kept);
        });
        bytes.push(readFileSync(await kept.store.open(eventsKey('one'))).toString('base64'));
      }
      expect(bytes[1]).toBe(bytes[0]);
      expect(await kept.store.list()).toHaveLength(1);
    });
  });

  test('wait for the archive, which is opened late and goes on a little longer', async () => {
    await withKept(undefined, (kept) =>
      withLog(undefined, 1, async (deps) => {
        await appendLive(deps, chat('one'));
        const keeping = keepAll(deps, kept, deps.clock);
        await deps.clock.sleep(1_500);
        expect(await kept.store.has(eventsKey('one'))).toBe(false);
        await appendArchive(deps, 'one', [{ opened }]);
        await deps.clock.sleep(1_500);
        expect(await kept.store.has(eventsKey('one'))).toBe(false);
        await appendArchive(deps, 'one', [{ kind: 'ended', ended: { durationMs: 300_000 } }]);
        await keeping;
        const filed = await filedIn(kept, eventsKey('one'));
        expect(filed.flatMap(({ archive }) => archive?.kind ?? [])).toEqual(['opened', 'ended']);
      }),
    );
  });

  test('are left alone, with the reason, when their topic has lost the beginning', async () => {
    await withKept(undefined, (kept) =>
      withLog(undefined, 1, async (deps) => {
        await appendLive(deps, chat('one'));
        const score = startStateful(scoreStage({ run: 'live' }), deps);
        await whenIdle(score.progress, deps, AbortSignal.timeout(20_000));
        await score.stop();
        await deps.log.trim('live.analytics', 0, 10);
        await keepAll(deps, kept);
        expect(await kept.store.list()).toEqual([]);
        expect(deps.metrics.value('cliptide_kept_broadcasts_total', { outcome: 'refused' })).toBe(1);
      }),
    );
  });

  test('let the oldest go when there is no room, never more than the budget', async () => {
    const cap = 3 * 2 ** 20;
    await withKept(cap, (kept) =>
      withLog(undefined, 1, async (deps) => {
        const noise = Buffer.from(Uint8Array.from({ length: 900_000 }, (_, at) => (at * 7_919) ^ (at >> 3)));
        const write = async (path: string, grow: (bytes: number) => Promise<void>): Promise<void> => {
          await grow(noise.length);
          await import('node:fs/promises').then(({ writeFile }) => writeFile(path, noise));
        };
        for (const name of ['a', 'b', 'c', 'd']) {
          await kept.store.put(`events/${name}.avro`, write);
          const { used, reserved } = await kept.ledger.usage('events');
          expect(used + reserved).toBeLessThanOrEqual(cap);
          await deps.clock.sleep(20);
        }
        expect((await kept.store.list()).map(({ key }) => key).at(-1)).toBe('events/d.avro');
        expect((await kept.store.list()).length).toBeLessThan(4);
        const tooLarge = kept.store.put('events/large.avro', (_path, grow) => grow(cap));
        await expect(tooLarge).rejects.toMatchObject({ code: 'budget' });
        expect(await kept.store.list()).toEqual([]);
        expect(await kept.ledger.usage('events')).toMatchObject({ used: 0, reserved: 0 });
      }),
    );
  });

  test('take no room that a killed process had reserved, and nothing of what it had written', async () => {
    const later = new ShiftedClock();
    later.aheadMs = 3_600_000;
    await withKept(3 * 2 ** 20, async (kept) => {
      await kept.ledger.reserve({ scope: 'events', amount: 3 * 2 ** 20, holder: 'killed', ttlMs: 600_000 });
      const half = join(folder, 'data', 'keeping', 'half');
      writeFileSync(half, 'half a file');
      const again = await keptIn(join(folder, 'data'), 3 * 2 ** 20, later);
      expect(existsSync(half)).toBe(false);
      const write = async (path: string): Promise<void> => writeFileSync(path, 'a file');
      expect(await again.store.put('events/a.avro', write)).toMatchObject({ bytes: 6 });
      expect(await again.ledger.usage('events')).toMatchObject({ used: 4_096, reserved: 0 });
      await again.close();
    });
  });

  test('leave nothing under their name when the writing is broken off, and are whole after the next start', async () => {
    await withKept(undefined, (kept) =>
      withLog(undefined, 1, async (deps) => {
        await appendLive(deps, chat('one', 2_000));
        const broken = {
          ...kept,
          files: {
            ...kept.files,
            write: async (...args: Parameters<typeof kept.files.write>) => {
              let grown = 0;
              await kept.files.write(args[0], args[1], args[2], async () => {
                grown += 1;
                if (grown > 1) throw new CliptideError('internal', 'killed');
              });
            },
          },
        };
        await expect(keepAll(deps, broken)).rejects.toThrow('killed');
        expect(await kept.store.list()).toEqual([]);
        expect(await kept.ledger.usage('events')).toMatchObject({ used: 0, reserved: 0 });
        await keepAll(deps, kept);
        expect((await filedIn(kept, eventsKey('one'))).length).toBe(chat('one', 2_000).length);
      }),
    );
  });
});
