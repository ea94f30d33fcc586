import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { scoreStage } from '../../../src/stages/score/stage.ts';
import { chatOf, ended as end, liveEvent, started } from '../../support/chatstream.ts';
import { give, highlightsIn, rankingIn, scoreDriver } from '../../support/scorestage.ts';
import second from './state-2.json' with { type: 'json' };
import third from './state-3.json' with { type: 'json' };

/** What the code of an earlier state version wrote in the midst of this broadcast, and what it found in the rest of it. */
it.each([
  { earlier: second, model: 'f10-1' },
  { earlier: third, model: 'f16-1' },
])(
  'a broadcast that state version $earlier.version began goes on by $model nearly as it would have there',
  ({ earlier, model }) => {
    const chat = chatOf({ seconds: 400, perSecond: 3, moments: [150, 300] });
    const events = [liveEvent('begin', 0, started), ...chat, liveEvent('end', 400, end())];
    const driver = scoreDriver();
    for (const event of events.slice(0, earlier.at)) give(driver, event);
    const before = driver.outputs.length;
    const state = scoreStage({ run: 'test' }).decode(gunzipSync(Buffer.from(earlier.state, 'base64')), earlier.version);
    for (const key of driver.states.keys()) driver.states.set(key, state);
    for (const event of events.slice(earlier.at)) give(driver, event);

    const outputs = driver.outputs.slice(before);
    const found = highlightsIn(outputs).map(({ peakMs, score, threshold }) => ({ peakMs, score, threshold }));
    const ranked = rankingIn(outputs).candidates.map(({ peakMs, score }) => ({ peakMs, score }));
    // Copies are known in another way since version 2, and few words are read otherwise: a hundredth is what that is worth.
    const near = (score: number) => expect.closeTo(score, 2);
    expect(found).toEqual(earlier.found.map((one) => ({ ...one, score: near(one.score) })));
    expect(ranked).toEqual(earlier.ranked.map((one) => ({ ...one, score: near(one.score) })));
    expect(new Set(highlightsIn(outputs).map((one) => one.model))).toEqual(new Set([model]));
  },
);

it('a state of a version that is not known is refused', () => {
  const bytes = gunzipSync(Buffer.from(second.state, 'base64'));
  expect(() => scoreStage({ run: 'test' }).decode(bytes, 1)).toThrowError(/version 1, known are 2 to 4/);
});
