import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../../../src/domain/scoring/bytes.ts';
import { type ScoredKind, scoredKinds } from '../../../src/domain/scoring/event.ts';
import { defaultModel, type Model } from '../../../src/domain/scoring/model.ts';
import { ReorderBuffer } from '../../../src/domain/scoring/reorder.ts';
import { liveEvent, said } from '../../support/chatstream.ts';
import { give, highlightsIn, scoreDriver } from '../../support/scorestage.ts';
import { chatBySecond, closedSeconds, foundIn, type Happening, valuesOf } from '../../support/secondscores.ts';

const seconds = 300;
const chat = chatBySecond({ seconds, rate: () => 3, cheering: (second) => second >= 200 && second < 210 });
const signals = ['raid', 'support', 'viewers', 'markers', 'support_rarity', 'mode_shift', 'start'] as const;

describe('signals beside chat', () => {
  it('that are missing change nothing: the curve is the same to the last bit without their weights', () => {
    const bare = {
      ...defaultModel,
      features: defaultModel.features.filter(({ name }) => !signals.some((signal) => signal === name)),
    };
    const curve = (model: Model) => closedSeconds(chat, { seconds, model }).map(({ score }) => score);
    const scores = curve(defaultModel);
    expect(curve(bare)).toEqual(scores);
    expect(new Set(scores).size).toBeGreaterThan(100);
    for (const name of signals) {
      expect(new Set(valuesOf(closedSeconds(chat, { seconds }), name)), name).toEqual(new Set([0]));
    }
  });

  it('that say nothing change nothing', () => {
    const empty: Happening[] = [
      { second: 90, kind: 'mode', amount: 0, flag: true },
      { second: 100, kind: 'deletion', amount: 987_654_321 },
      { second: 101, kind: 'deletion', user: 0, amount: 0 },
    ];
    expect(closedSeconds([...chat, ...empty], { seconds })).toEqual(closedSeconds(chat, { seconds }));
  });

  it('are bounded each, whatever is reported, and the state gives the same after it was read back', () => {
    const any = fc.record({
      second: fc.integer({ min: 0, max: seconds - 1 }),
      kind: fc.constantFrom<ScoredKind>('viewers', 'support', 'raid', 'marker', 'clip', 'mode'),
      flag: fc.boolean(),
      large: fc.nat({ max: 2 ** 31 - 1 }),
    });
    const happening = any.map(({ second, kind, flag, large }): Happening => {
      const amount = kind === 'mode' ? large % 5 : large;
      return { second, kind, flag, amount, user: kind === 'support' ? large % 64 : 0 };
    });
    const check = (given: readonly Happening[], restartAt: number): void => {
      const whole = closedSeconds([...given, ...chat], { seconds, started: true });
      for (const name of signals) {
        for (const value of valuesOf(whole, name)) expect(Math.abs(value), name).toBeLessThanOrEqual(4);
      }
      expect(Math.min(...valuesOf(whole, 'mode_shift'))).toBeGreaterThanOrEqual(-2);
      expect(closedSeconds([...given, ...chat], { seconds, started: true, restartAt })).toEqual(whole);
    };
    fc.assert(fc.property(fc.array(happening, { maxLength: 60 }), fc.nat({ max: seconds - 1 }), check), {
      numRuns: 30,
    });
  });

  it('wait for their turn in a form that loses nothing', () => {
    const waiting = new ReorderBuffer();
    const events = scoredKinds.map((kind, i) => {
      const text = kind === 'chat' || kind === 'clip' ? '!clip this' : '';
      const user = text !== '' || kind === 'support' || kind === 'deletion' ? 40 + i : 0;
      return { atMs: 1000 + i, id: i + 1, kind, user, text, flag: i % 2 === 1, amount: text === '' ? 2 ** 40 + i : 0 };
    });
    for (const event of events) waiting.insert(event);
    const out = new ByteWriter();
    waiting.write(out);
    const restored = ReorderBuffer.read(new ByteReader(out.finish()));
    expect(events.map(() => restored.takeBefore(5000))).toEqual(events);
  });
});

describe('a raid', () => {
  const raid = (amount: number, second = 100): Happening => ({ second, kind: 'raid', amount });
  const shape = (...given: readonly Happening[]) => valuesOf(closedSeconds(given, { seconds }), 'raid');

  it('that is reported as a host too is one raid', () => {
    expect(shape(raid(80), raid(80))).toEqual(shape(raid(80)));
    expect(Math.max(...shape(raid(80), raid(80)))).toBe(4);
  });

  it('whose size is not known is damped like a large one; a host of nobody beside a raid changes nothing', () => {
    expect(shape(raid(0))[100]).toBe(4);
    expect(shape(raid(80), raid(0))).toEqual(shape(raid(80)));
  });

  it('is no moment, however loud those are that arrive', () => {
    const arrival = chatBySecond({
      seconds,
      rate: (second) => (second >= 100 && second < 130 ? 12 : 3),
      cheering: (second) => second >= 100 && second < 130,
    });
    expect(foundIn(closedSeconds(arrival, { seconds }))).not.toEqual([]);
    for (const size of [80, 0]) expect(foundIn(closedSeconds([raid(size), ...arrival], { seconds }))).toEqual([]);
  });
});

describe('a clip command', () => {
  const quiet = Array.from({ length: 200 }, (_, i) => liveEvent(`q${i}`, i, said(`u${i}`, 'just talking on')));
  const found = (text: string, roles: readonly string[]): number => {
    const driver = scoreDriver();
    const command = liveEvent('clip', 120.5, said('someone', text, roles));
    for (const event of [...quiet.slice(0, 121), command, ...quiet.slice(121)]) give(driver, event);
    return highlightsIn(driver.outputs).length;
  };

  it.each(['broadcaster', 'moderator', 'vip'])('of a %s is a highlight by itself', (role) => {
    expect([found('!clip', [role]), found('/clip what a goal', ['subscriber', role])]).toEqual([1, 1]);
  });

  it('of anybody else, of a bot, or that only sounds like one, is none', () => {
    expect(found('!clip', ['subscriber'])).toBe(0);
    expect(found('!clip', ['moderator', 'bot'])).toBe(0);
    expect(found('!clips', ['moderator'])).toBe(0);
    expect(found('type !clip in chat', ['moderator'])).toBe(0);
  });
});

describe('the start', () => {
  it('is 4 for half a minute and gone after a minute more; 0 where none was reported', () => {
    const values = valuesOf(closedSeconds([], { seconds, started: true }), 'start');
    expect([values[0], values[30], values[60], values[90], values[299]]).toEqual([4, 4, 2, 0, 0]);
  });
});
