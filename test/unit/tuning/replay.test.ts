import { describe, expect, it } from 'vitest';
import { measured } from '../../../src/cli/eval/extract.ts';
import { lagOf } from '../../../src/domain/scoring/lag.ts';
import { defaultModel, weightsOf } from '../../../src/domain/scoring/model.ts';
import { predictionsOf } from '../../../src/domain/tuning/replay.ts';
import { chatOf, ended, liveEvent, zeroAtMs } from '../../support/chatstream.ts';
import { give, highlightsIn, rankingIn, scoreDriver, set } from '../../support/scorestage.ts';

const chat = chatOf({ seconds: 1800, perSecond: 3, moments: [150, 400, 460, 900, 1300, 1700] });
const lengthSec = ((chat.at(-1)?.atMs ?? 0) - zeroAtMs) / 1000;
const category = 'League of Legends';

/** The same messages as a video of a set. */
const video = measured(
  { name: 'made', category, rule: { beforeSec: 0, afterSec: 0 }, ids: ['v'], folder: '' },
  0,
  {
    id: 'v',
    labels: [],
    lengthSec,
    messages: chat.map(({ atMs, chat: said }) => ({
      atMs: atMs - zeroAtMs,
      user: said?.userId ?? '',
      text: said?.text ?? '',
    })),
  },
  2000,
);

/** What the production stage tells of them. */
function told(perHour: number, named: string) {
  const driver = scoreDriver();
  set(driver, { highlightsPerHour: perHour });
  give(driver, liveEvent('start', 0, { kind: 'streamStarted', started: { category: named, title: '' } }));
  for (const event of chat) give(driver, event);
  give(driver, liveEvent('end', lengthSec, ended()));
  const sec = (ms: number): number => (ms - zeroAtMs) / 1000;
  return {
    online: highlightsIn(driver.outputs).map(({ startMs, score, emittedAtMs }) => ({
      startSec: sec(startMs),
      score,
      emittedAtSec: sec(emittedAtMs),
    })),
    ranked: rankingIn(driver.outputs).candidates.map(({ startMs, score }) => ({ startSec: sec(startMs), score })),
  };
}

describe('the replay of decisions on recorded vectors', () => {
  it.each([
    [7.5, category],
    [30, ''],
    [2, 'league OF legends '],
  ])('tells and ranks what the production stage does: %f an hour, category "%s"', (perHour, named) => {
    const replayed = predictionsOf(weightsOf(defaultModel), video, { perHour, latenessSec: 2, category: named });
    const staged = told(perHour, named);
    expect(staged.ranked.length).toBeGreaterThan(5);
    expect(replayed.ranked).toEqual(staged.ranked);
    expect(replayed.online).toEqual(staged.online);
  });

  it('places a moment by the lag of its category', () => {
    const [known, unknown] = [told(7.5, category), told(7.5, 'Chess')];
    const lags = [lagOf(defaultModel.lag, category), lagOf(defaultModel.lag, 'Chess')] as const;
    expect(lags[0]).not.toEqual(lags[1]);
    const away = lags[1].rankedStartSec - lags[0].rankedStartSec;
    const later = (sec: number): boolean => sec > 60;
    expect(known.ranked.map(({ startSec }) => startSec).filter(later)).toEqual(
      unknown.ranked.map(({ startSec }) => startSec + away).filter(later),
    );
  });
});
