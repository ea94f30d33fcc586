import { describe, expect, test } from 'vitest';
import type { LiveEvent } from '../../src/domain/records.gen.ts';
import { defaultModel, findModel, type Model } from '../../src/domain/scoring/model.ts';
import { chosenFrom } from '../../src/domain/scoring/modelchoice.ts';
import { scoreStage } from '../../src/stages/score/stage.ts';
import { chatOf, ended, liveEvent, started, zeroAtMs } from '../support/chatstream.ts';
import { give, highlightsIn, rankingIn, set } from '../support/scorestage.ts';
import { StageDriver } from '../support/stagedriver.ts';

const own: Model = { ...defaultModel, version: 'own-1' };
const driverOf = (...models: readonly Model[]) =>
  new StageDriver(scoreStage({ run: 'test', models: chosenFrom(models) }));
const chat = chatOf({ seconds: 600, perSecond: 1, moments: [150, 450] });
const evening: readonly LiveEvent[] = [liveEvent('start', 0, started), ...chat, liveEvent('end', 600, ended(1, 2))];

function score(driver: ReturnType<typeof driverOf>, events: readonly LiveEvent[] = evening) {
  for (const event of events) give(driver, event);
  return driver.outputs;
}

describe('models that an operator gives', () => {
  test('score what begins: the first of them, or the one that the channel’s settings name', () => {
    const versions = (driver: ReturnType<typeof driverOf>) => highlightsIn(score(driver)).map(({ model }) => model);
    expect(versions(driverOf())).toEqual([defaultModel.version, defaultModel.version]);
    expect(versions(driverOf(own, { ...own, version: 'own-0' }))).toEqual(['own-1', 'own-1']);
    const named = driverOf(own);
    set(named, { scorerVersion: 'f10-1' });
    expect(new Set(versions(named))).toEqual(new Set(['f10-1']));
  });

  test('leave a broadcast to the model that it began with, which must still be there', () => {
    const half = evening.findIndex(({ atMs }) => atMs > (evening[0]?.atMs ?? 0) + 300_000);
    const bytesOf = (driver: ReturnType<typeof driverOf>): Uint8Array => {
      score(driver, evening.slice(0, half));
      const state = driver.states.get('stream-1');
      if (state === undefined) throw new Error('the broadcast has no state');
      return scoreStage({ run: 'test' }).encode(state);
    };
    const goesOn = (bytes: Uint8Array, ...models: readonly Model[]) => {
      const driver = driverOf(...models);
      const stage = scoreStage({ run: 'test', models: chosenFrom(models) });
      driver.states.set('stream-1', stage.decode(bytes, stage.stateVersion));
      return highlightsIn(score(driver, evening.slice(half))).map(({ model }) => model);
    };
    expect(goesOn(bytesOf(driverOf()), own)).toEqual([defaultModel.version]);
    const begun = bytesOf(driverOf(own));
    expect(goesOn(begun, { ...own, version: 'own-2' }, own)).toEqual(['own-1']);
    expect(() => goesOn(begun, { ...own, version: 'own-2' })).toThrowError(/scored by own-1, which this Cliptide/);
  });

  test('move the bounds of a channel whose lag they know, on air and in the ranking, and nothing else', () => {
    const channel = { channelId: 'channel-1', startErrorSec: 5, endErrorSec: 5, decisions: 9 };
    const slow = { ...own, lag: { ...own.lag, channels: [{ ...channel, startShiftSec: 6, endShiftSec: 2 }] } };
    const [usual, shifted] = [score(driverOf(own)), score(driverOf(slow))];
    // What lies near the broadcast's zero begins there, whatever the lag.
    const bounds = (outputs: typeof usual) =>
      [...highlightsIn(outputs), ...rankingIn(outputs).candidates]
        .filter(({ peakMs }) => peakMs > zeroAtMs + 60_000)
        .map(({ peakMs, startMs, endMs }) => [peakMs, startMs, endMs]);
    const expected = bounds(usual).map(([peak = 0, start = 0, end = 0]) => [peak, start - 6_000, end - 2_000]);
    expect(bounds(shifted)).toEqual(expected);
    expect(expected.length).toBeGreaterThan(3);
  });

  test('that shipped before are still there', () => {
    expect(['f10-1', 'f16-1', 'f16-2'].map((version) => findModel(version)?.version)).not.toContain(undefined);
  });
});
