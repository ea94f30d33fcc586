import { describe, expect, it } from 'vitest';
import type { LiveEvent } from '../../src/domain/records.gen.ts';
import { type FeatureVector, featureNames } from '../../src/domain/scoring/features.ts';
import type { ScoredSecond } from '../../src/domain/scoring/scorer.ts';
import { scoreStage } from '../../src/stages/score/stage.ts';
import { type Body, chances, chatOf, ended, liveEvent, started } from '../support/chatstream.ts';
import { give } from '../support/scorestage.ts';
import { StageDriver } from '../support/stagedriver.ts';

const seconds = 300;
const chat = chatOf({ seconds, perSecond: 3, moments: [150, 240] });
const chance = chances(9);

function signalAt(second: number, i: number): Body {
  const target = chat.findLast(({ atMs }) => atMs <= (chat[0]?.atMs ?? 0) + second * 1000);
  const money = { amountMicros: i % 3 === 0 ? i * 1e6 : 0, currency: 'EUR' };
  const bodies: readonly Body[] = [
    { kind: 'deletion', deletion: { targetEventId: target?.eventId ?? '', targetUserId: null } },
    { kind: 'deletion', deletion: { targetEventId: null, targetUserId: target?.chat?.userId ?? '' } },
    { kind: 'mode', mode: { name: i % 2 === 0 ? 'slow' : 'emoteOnly', on: i % 3 === 0, seconds: 5 } },
    { kind: 'support', support: { userId: 'u1', type: i % 2 === 0 ? 'gift' : 'cheer', count: i, ...money } },
    { kind: 'raid', raid: { fromChannel: 'zed', viewers: i } },
    { kind: 'chat', chat: { userId: 'mod', text: '!clip', emotes: [], roles: ['moderator'] } },
    { kind: 'viewers', viewers: { count: 100 + i } },
  ];
  return bodies[i % bodies.length] ?? { kind: 'viewers', viewers: { count: 100 } };
}

const signals = Array.from({ length: 70 }, (_, i) => {
  const second = 5 + chance() * (seconds - 10);
  return liveEvent(`s${i}`, second, signalAt(second, i));
});
const inOrder = [...chat, ...signals].sort((a, b) => a.atMs - b.atMs);
const begin = liveEvent('begin', 0, started);
const finish = liveEvent('end', seconds, ended());

/** What the stage makes of the events, with the seconds that it closed. */
function scored(events: readonly LiveEvent[], restartEvery = 0) {
  const closed: { readonly vector: FeatureVector }[] = [];
  const watch = {
    event: () => undefined,
    closed: (_: ScoredSecond, vector: FeatureVector) => closed.push({ vector: vector.slice() }),
  };
  const driver = new StageDriver(scoreStage({ run: 'test', watch }));
  for (const [i, event] of events.entries()) {
    give(driver, event);
    if (restartEvery > 0 && i % restartEvery === 0) driver.restart();
  }
  return { closed, text: JSON.stringify(driver.outputs) };
}

describe('a broadcast with every kind of signal', () => {
  const whole = scored([begin, ...inOrder, finish]);

  it('has a value in each of them', () => {
    for (const name of ['raid', 'support_rarity', 'viewers', 'markers', 'mode_shift', 'start'] as const) {
      const values = whole.closed.map(({ vector }) => vector[featureNames.indexOf(name)] ?? 0);
      expect(Math.max(...values), name).toBeGreaterThan(0);
    }
  });

  it('gives the same records when it is restarted after every few events', () => {
    for (const every of [1, 7]) expect(scored([begin, ...inOrder, finish], every).text === whole.text).toBe(true);
  });

  it('gives the same records in any order of arrival within the lateness bound', () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const shift = chances(seed);
      const delayed = inOrder.map((event) => ({ event, at: event.atMs + shift() * 1900 }));
      const shuffled = delayed.sort((a, b) => a.at - b.at).map(({ event }) => event);
      expect(shuffled).not.toEqual(inOrder);
      expect(scored([begin, ...shuffled, finish]).text === whole.text, `seed ${seed}`).toBe(true);
    }
  });

  it('gives the same records when a third of the events come twice', () => {
    const twice = inOrder.flatMap((event, i) => (i % 3 === 0 ? [event, event] : [event]));
    const fates = /"fates":\{[^}]*\}/;
    // `streams.ended` says where the events lie, which the copies move.
    const kept = (text: string): string => text.replace(fates, '').replaceAll(/"endOffset":\d+/g, '');
    expect(kept(scored([begin, ...twice, finish]).text) === kept(whole.text)).toBe(true);
  });

  it('has no start where none was reported', () => {
    const { closed } = scored([...inOrder, finish]);
    expect(new Set(closed.map(({ vector }) => vector[featureNames.indexOf('start')]))).toEqual(new Set([0]));
  });
});
