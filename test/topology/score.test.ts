import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LiveEvent } from '../../src/domain/records.gen.ts';
import { chances, chatOf, ended, liveEvent, said, started, zeroAtMs } from '../support/chatstream.ts';
import { delayed, eventful, withoutFates } from '../support/eventful.ts';
import { give, highlightsIn, outputsOf, rankingIn, scoreDriver, set } from '../support/scorestage.ts';

const moments = [130, 250, 400];
const chat = chatOf({ seconds: 480, perSecond: 1.5, moments });
const begin = liveEvent('start', 0, started);
const finish = liveEvent('end', 480, ended());
const broadcast = [begin, ...chat, finish];

describe('what a broadcast gives', () => {
  const outputs = outputsOf(broadcast);

  it('has a highlight for each moment within 15 s, and no other', () => {
    const found = highlightsIn(outputs).map((highlight) => (highlight.peakMs - zeroAtMs) / 1000);
    expect(found).toHaveLength(moments.length);
    for (const [i, second] of found.entries()) {
      expect(second).toBeGreaterThan(moments[i] ?? 0);
      expect(second).toBeLessThan((moments[i] ?? 0) + 15);
    }
  });

  it('has one row a second, silent ones included', () => {
    const rows = outputs.flatMap((output) => (output.topic === 'streams.seconds' ? [output.record.atMs] : []));
    expect(rows).toEqual(Array.from({ length: 480 }, (_, i) => zeroAtMs + i * 1000));
  });

  it('says why: the contributions sum to the score, online and ranked', () => {
    const sum = (parts: Readonly<Record<string, number>>): number => Object.values(parts).reduce((a, b) => a + b, 0);
    for (const highlight of highlightsIn(outputs)) {
      expect(sum(highlight.contributions)).toBeCloseTo(highlight.score, 9);
      expect(highlight.score).toBeGreaterThanOrEqual(highlight.threshold);
      expect(highlight.emittedAtMs).toBe(highlight.peakMs + 3000);
      expect(highlight.terms.length).toBeGreaterThan(0);
    }
    for (const candidate of rankingIn(outputs).candidates) {
      expect(sum(candidate.contributions)).toBeCloseTo(candidate.score, 9);
    }
  });

  it('ranks the moments first, at least 120 s apart, with the ids under which they were emitted', () => {
    const { candidates } = rankingIn(outputs);
    const ids = highlightsIn(outputs).map((highlight) => highlight.highlightId);
    expect(candidates.slice(0, 3).every((candidate) => candidate.emitted && ids.includes(candidate.highlightId))).toBe(
      true,
    );
    const peaks = candidates.map((candidate) => candidate.peakMs).sort((a, b) => a - b);
    for (const [i, peak] of peaks.slice(1).entries()) expect(peak - (peaks[i] ?? 0)).toBeGreaterThanOrEqual(120_000);
  });

  it('is closed by the end: what comes later changes nothing and is counted', () => {
    const driver = scoreDriver();
    for (const event of broadcast) give(driver, event);
    expect(give(driver, liveEvent('after', 470, said('u1', 'hello')))).toEqual([]);
    driver.restart();
    expect(driver.states.get('stream-1')).toMatchObject({ ended: true, lateAfterEnd: 1 });
  });
});

describe('the same broadcast gives the same bytes', () => {
  const expected = JSON.stringify(outputsOf(broadcast));

  it('in 100 orders of arrival within the lateness bound', () => {
    for (let seed = 1; seed <= 100; seed += 1) {
      const outputs = outputsOf([begin, ...delayed(chat, seed, 2000), finish]);
      expect(JSON.stringify(outputs) === expected, `order ${seed}`).toBe(true);
    }
  });

  it('in any order of arrival of events that have the same time', () => {
    const coarse = chat.map((event) => ({ ...event, atMs: Math.floor(event.atMs / 2000) * 2000 }));
    const inOrder = JSON.stringify(outputsOf([begin, ...coarse, finish]));
    for (let seed = 1; seed <= 10; seed += 1) {
      expect(JSON.stringify(outputsOf([begin, ...delayed(coarse, seed, 1999), finish])) === inOrder).toBe(true);
    }
  });

  it('when it is written out and read back after every event, whatever kinds come', () => {
    const restarted = scoreDriver();
    const uninterrupted = scoreDriver();
    for (const event of eventful(8)) {
      const given = give(restarted, event);
      const expected = give(uninterrupted, event);
      if (given.length + expected.length > 0) expect(JSON.stringify(given)).toBe(JSON.stringify(expected));
      restarted.restart();
    }
    expect(highlightsIn(uninterrupted.outputs).length).toBeGreaterThan(1);
  });

  it('but for the counts and places in the log when 30 % of its events come twice', () => {
    const chance = chances(9);
    const twice = chat.flatMap((event) => (chance() < 0.3 ? [event, event] : [event]));
    const outputs = outputsOf([begin, ...delayed(twice, 3, 2000), finish]);
    expect(withoutFates(outputs)).toBe(withoutFates(outputsOf(broadcast)));
    expect(rankingIn(outputs).fates).toMatchObject({ processed: chat.length, duplicate: twice.length - chat.length });
  });
});

describe('no record is lost silently', () => {
  it('each has one fate, and read is their sum', () => {
    const known = new Set(['chat', 'viewers', 'mode']);
    const odd = [
      liveEvent('negative', 100, { ...said('u1', 'x'), atMs: -5 }),
      liveEvent('no-chat', 101, { kind: 'chat' }),
      liveEvent('poll', 102, { kind: 'poll' }),
      liveEvent('mode', 103, { kind: 'mode', mode: { name: 'slow', on: true, seconds: 5 } }),
      liveEvent('far', 104, { ...said('u1', 'x'), atMs: Date.UTC(2099, 0, 1) }),
      liveEvent('hour', 104 + 3600, said('u1', 'x')),
      liveEvent('viewers', 105, { kind: 'viewers', viewers: { count: 50 } }),
    ];
    const late = liveEvent('late', 20, said('u1', 'too late'));
    const place = chat.findIndex((event) => event.atMs > zeroAtMs + 105_000);
    const events = [
      begin,
      ...chat.slice(0, place),
      ...odd,
      late,
      late,
      ...chat.slice(place),
      chat.at(-1) ?? late,
      finish,
    ];
    const outputs = outputsOf([...events.slice(0, -1), liveEvent('end', 480, ended(7, 5))]);
    const { fates } = rankingIn(outputs);
    const dead = outputs.filter((output) => output.topic === 'score.dead');
    expect(dead).toHaveLength(4);
    expect(fates).toEqual({
      read: events.length - 2 + 12,
      processed: chat.length + odd.filter((event) => known.has(event.kind)).length - 4,
      late: 2,
      duplicate: 1,
      deadLettered: 4 + 7,
      ignored: 1 + 5,
    });
    expect(fates.read).toBe(fates.processed + fates.late + fates.duplicate + fates.deadLettered + fates.ignored);
  });

  it('whatever comes, in whatever order, and the end says so', () => {
    const time = fc.oneof(fc.integer({ min: -50, max: 900 }), fc.constantFrom(-1e13, 7200, 7201, 1e9, Number.NaN));
    const kind = fc.constantFrom('chat', 'chat', 'chat', 'viewers', 'raid', 'poll', '', 'support', 'deletion');
    const one = fc.tuple(time, kind, fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 4 }));
    fc.assert(
      fc.property(fc.array(one, { maxLength: 120 }), fc.boolean(), (list, withStart) => {
        const events = list.map(([at, of, id, user]) =>
          liveEvent(`e${id}`, at, of === 'chat' && id > 0 ? said(`u${user}`, `text ${id}`) : { kind: of }),
        );
        const outputs = outputsOf([...(withStart ? [begin] : []), ...events, liveEvent('end', 900, ended())]);
        const { fates } = rankingIn(outputs);
        const { processed, late, duplicate, deadLettered, ignored } = fates;
        expect(processed + late + duplicate + deadLettered + ignored).toBe(events.length);
        expect(fates.read).toBe(events.length);
        expect(outputs.filter((output) => output.topic === 'score.dead')).toHaveLength(deadLettered);
      }),
      { numRuns: 150 },
    );
  });

  it('a dead letter holds the event and says what is wrong with it', () => {
    const outputs = outputsOf([begin, liveEvent('no-chat', 101, { kind: 'chat' })]);
    const [letter] = outputs;
    if (letter?.topic !== 'score.dead') throw new Error('no dead letter');
    expect(letter.record.reason).toBe('kind is chat, but chat is missing');
    expect(JSON.parse(new TextDecoder().decode(letter.record.value ?? new Uint8Array()))).toMatchObject({
      eventId: 'no-chat',
    });
  });
});

describe('what is no moment makes no highlight', () => {
  const base = chatOf({ seconds: 480, perSecond: 1.5, moments: [] });
  const withBurst = (body: (i: number) => ReturnType<typeof said>, count = 120, raid = 0): LiveEvent[] => {
    const burst = Array.from({ length: count }, (_, i) => liveEvent(`b${i}`, 300 + (i * 20) / count, body(i)));
    const raided = raid === 0 ? [] : [liveEvent('r', 299, { kind: 'raid', raid: { fromChannel: 'x', viewers: raid } })];
    return [begin, ...[...base, ...raided, ...burst].sort((a, b) => a.atMs - b.atMs), finish];
  };
  const cheers = ['POG', 'OMG', 'LETS GO', 'hahaha', 'wow', 'HYPE'];

  it.each([
    ['one user who shouts 120 times', withBurst((i) => said('spammer', cheers[i % cheers.length] ?? ''))],
    ['one text from 120 accounts', withBurst((i) => said(`bot${i}`, 'OMG FREE SKINS at example.test NOW'))],
    ['one text with something random behind it', withBurst((i) => said(`bot${i}`, `WOW FREE SKINS HERE x${i}`))],
    ['a raid whose viewers cheer', withBurst((i) => said(`raider${i}`, cheers[i % cheers.length] ?? ''), 120, 400)],
    ['commands to a bot', withBurst((i) => said(`u${i}`, `!vote ${cheers[i % cheers.length]}`))],
    ['replies of a bot', withBurst((i) => said(`bot${i}`, `WOW ${i}`, ['bot']))],
  ])('%s', (_name, events) => {
    expect(highlightsIn(outputsOf(events))).toEqual([]);
  });

  it('the same burst of different people is one, so the cases above are not silent for another reason', () => {
    const outputs = outputsOf(withBurst((i) => said(`u${i}`, cheers[i % cheers.length] ?? '')));
    expect(highlightsIn(outputs)).toHaveLength(1);
  });
});

describe('settings of the channel', () => {
  it('fewer wished highlights raise the threshold, from the time on for which they are set', () => {
    const threshold = (perHour: number): number => {
      const driver = scoreDriver();
      set(driver, { highlightsPerHour: perHour });
      for (const event of broadcast) give(driver, event);
      const last = driver.outputs.findLast((output) => output.topic === 'streams.seconds');
      return last?.topic === 'streams.seconds' ? last.record.threshold : Number.NaN;
    };
    expect(threshold(2)).toBeGreaterThan(threshold(20));
  });

  it('the lateness bound is waited for, and is part of when a highlight is emitted', () => {
    const driver = scoreDriver();
    set(driver, { latenessMs: 5000 });
    for (const event of [begin, ...delayed(chat, 4, 5000), finish]) give(driver, event);
    const found = highlightsIn(driver.outputs);
    expect(found.map((highlight) => highlight.highlightId)).toEqual(
      highlightsIn(outputsOf(broadcast)).map((highlight) => highlight.highlightId),
    );
    for (const highlight of found) expect(highlight.emittedAtMs).toBe(highlight.peakMs + 6000);
  });
});
