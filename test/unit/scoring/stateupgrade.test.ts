import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { scoreStage } from '../../../src/stages/score/stage.ts';
import { chatOf, ended as end, liveEvent, started } from '../../support/chatstream.ts';
import { give, scoreDriver } from '../../support/scorestage.ts';

/** The state that version 2 had written after the first 500 of the events below. */
const versionTwo = readFileSync(new URL('states/2.bin', import.meta.url));

it('a broadcast that an older version has begun to score goes on as if it had been this one', () => {
  const chat = chatOf({ seconds: 400, perSecond: 3, moments: [150, 300] });
  const events = [liveEvent('begin', 0, started), ...chat, liveEvent('end', 400, end())];
  const whole = scoreDriver();
  for (const event of events) give(whole, event);
  const upgraded = scoreDriver();
  for (const [at, event] of events.entries()) {
    if (at === 500) upgraded.states.set('stream-1', scoreStage({ run: 'test' }).decode(versionTwo, 2));
    give(upgraded, event);
  }
  expect(JSON.stringify(upgraded.outputs)).toBe(JSON.stringify(whole.outputs));
});

it('a state of a version that is not known is refused', () => {
  expect(() => scoreStage({ run: 'test' }).decode(versionTwo, 1)).toThrowError(/version 1, known are 2 to 3/);
});
