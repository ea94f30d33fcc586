import { describe, expect, test } from 'vitest';
import type { Fates, LiveEvent, RankedCandidate } from '../../src/domain/records.gen.ts';
import { toInput } from '../../src/runtime/records.ts';
import { type StatefulDependencies, startStateful } from '../../src/runtime/stateful.ts';
import { scoreStage } from '../../src/stages/score/stage.ts';
import { seed } from '../support/chaos.ts';
import { madeChat, seeded } from '../support/madechat.ts';
import { appendLive, withLog } from '../support/scoredlog.ts';
import { scoreToTheEnd } from '../support/scorerun.ts';

const latenessMs = 2_000;
const names = ['one', 'two'];
const streams = names.map((streamId, index) =>
  madeChat({ seed: index + 3, streamId, seconds: 1_200, messagesPerSecond: 2, burstEverySec: 200 }),
);

/** What scoring made of the log: the bytes of highlights and curve, and by stream the ranking without its counts. */
interface Heard {
  readonly bytes: readonly string[];
  readonly rankings: Readonly<Record<string, readonly RankedCandidate[]>>;
  readonly fates: Readonly<Record<string, Fates>>;
}

async function heard(deps: StatefulDependencies): Promise<Heard> {
  const bytes: string[] = [];
  const rankings: Record<string, readonly RankedCandidate[]> = {};
  const fates: Record<string, Fates> = {};
  for (const partition of [0, 1]) {
    for (const topic of ['highlights.detected', 'streams.seconds']) {
      const records = await deps.log.read(topic, partition, 0, 100_000);
      for (const { value } of records) bytes.push(`${topic} ${Buffer.from(value ?? []).toString('hex')}`);
    }
    for (const record of await deps.log.read('highlights.ranked', partition, 0, 100)) {
      const ranking = toInput<'highlights.ranked'>(deps.codec, record).record;
      rankings[ranking.streamId] = ranking.candidates;
      fates[ranking.streamId] = ranking.fates;
    }
  }
  return { bytes: bytes.sort(), rankings, fates };
}

const inFull = (events: readonly LiveEvent[]): Promise<Heard> =>
  withLog(undefined, 2, async (deps) => {
    await appendLive(deps, events);
    await scoreToTheEnd(deps);
    return heard(deps);
  });

/** Each stream's events with a delay of less than the lateness; its start stays first and its end last. */
function shuffled(random: () => number): LiveEvent[] {
  return streams.flatMap((events) => {
    const middle = events.slice(1, -1).map((event) => ({ event, at: event.atMs + random() * (latenessMs - 1) }));
    const order = middle.sort((a, b) => a.at - b.at).map(({ event }) => event);
    return [...events.slice(0, 1), ...order, ...events.slice(-1)];
  });
}

describe(`through the log and the runtime (seed ${seed})`, async () => {
  const oracle = await inFull(streams.flat());

  test('there are highlights to compare', () => {
    expect(oracle.bytes.filter((line) => line.startsWith('highlights.detected')).length).toBeGreaterThan(4);
    expect(names.map((name) => oracle.fates[name]?.processed)).toEqual(streams.map((events) => events.length - 2));
  });

  test('promise 2: events appended a few at a time, while scoring goes on, say the same bytes', async () => {
    const random = seeded(seed);
    const live = await withLog(undefined, 2, async (deps) => {
      const stage = startStateful(scoreStage({ run: 'live' }), deps);
      const all = streams.flat();
      for (let from = 0; from < all.length; ) {
        const count = 1 + Math.floor(random() * 40);
        await appendLive(deps, all.slice(from, from + count));
        from += count;
        // The stage gets its turn between two appends.
        await new Promise(setImmediate);
      }
      while (Object.keys((await heard(deps)).rankings).length < streams.length) await deps.clock.sleep(20);
      await stage.stop();
      return heard(deps);
    });
    expect(live).toEqual(oracle);
  });

  test('promise 2: 10 shuffles within the lateness say the same bytes', async () => {
    const random = seeded(seed);
    for (let round = 0; round < 10; round += 1)
      expect(await inFull(shuffled(random)), `round ${round}`).toEqual(oracle);
  });

  test('promise 4: 30% of the events twice change nothing but the count of duplicates', async () => {
    const random = seeded(seed);
    const again = streams.map((events) =>
      events.flatMap((event) => (event.kind === 'chat' && random() < 0.3 ? [event, event] : [event])),
    );
    const { fates, ...said } = await inFull(again.flat());
    const { fates: before, ...expected } = oracle;
    expect(said).toEqual(expected);
    for (const [index, name] of names.entries()) {
      const duplicate = (again[index]?.length ?? 0) - (streams[index]?.length ?? 0);
      const read = (before[name]?.read ?? 0) + duplicate;
      expect(fates[name]).toEqual({ ...before[name], read, duplicate });
    }
  });

  test('promise 6: an event from 2099 moves nothing; it is kept as a dead letter', async () => {
    const wild = streams.map((events) => {
      const event = { ...(events[500] as LiveEvent), eventId: 'wild', atMs: Date.UTC(2099, 0, 1) };
      return [...events.slice(0, 500), event, ...events.slice(500)];
    });
    const { fates, ...said } = await inFull(wild.flat());
    const { fates: _, ...expected } = oracle;
    expect(said).toEqual(expected);
    for (const counts of Object.values(fates)) expect(counts).toMatchObject({ deadLettered: 1, late: 0 });
  });

  test('promise 6: a real jump of an hour, confirmed by others, is followed', async () => {
    const late = streams.map((events) => events.map((event) => ({ ...event, atMs: event.atMs + 3_600_000 })));
    const both = streams.map((events, index) => [
      ...events.slice(0, -1),
      ...(late[index] ?? []).slice(1).map((event) => ({ ...event, eventId: `later.${event.eventId}` })),
    ]);
    const { bytes, fates } = await inFull(both.flat());
    const isHighlight = (line: string): boolean => line.startsWith('highlights.detected');
    expect(bytes.filter(isHighlight).length).toBeGreaterThan(1.5 * oracle.bytes.filter(isHighlight).length);
    for (const counts of Object.values(fates)) expect(counts).toMatchObject({ deadLettered: 0 });
  });
});
