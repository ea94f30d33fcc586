import { expect, it } from 'vitest';
import { ByteWriter } from '../../../src/domain/scoring/bytes.ts';
import { scoreStage } from '../../../src/stages/score/stage.ts';
import type { ScoreState } from '../../../src/stages/score/state.ts';
import { chatOf, ended as end, liveEvent, started } from '../../support/chatstream.ts';
import { give, scoreDriver } from '../../support/scorestage.ts';

/** As version 1 wrote it, which did not keep where a broadcast begins. */
function versionOne(state: ScoreState): Uint8Array {
  if (state.kind !== 'stream' || state.stream === null) throw new Error('the broadcast is not on air');
  const out = new ByteWriter();
  out.uint(3);
  out.text(state.stream.weights.model.version);
  state.stream.write(out);
  return out.finish();
}

it('a broadcast that an older version has begun to score goes on as if it had been this one', () => {
  const chat = chatOf({ seconds: 400, perSecond: 3, moments: [150, 300] });
  const events = [liveEvent('begin', 0, started), ...chat, liveEvent('end', 400, end())];
  const whole = scoreDriver();
  for (const event of events) give(whole, event);
  const upgraded = scoreDriver();
  for (const [at, event] of events.entries()) {
    if (at === 500) {
      for (const [key, state] of upgraded.states) {
        upgraded.states.set(key, scoreStage({ run: 'test' }).decode(versionOne(state), 1));
      }
    }
    give(upgraded, event);
  }
  const ended = (driver: typeof whole) => driver.outputs.filter(({ topic }) => topic === 'streams.ended');
  const rest = (driver: typeof whole) => driver.outputs.filter(({ topic }) => topic !== 'streams.ended');
  expect(JSON.stringify(rest(upgraded))).toBe(JSON.stringify(rest(whole)));
  expect(ended(whole)).toMatchObject([{ record: { firstOffset: 0, endOffset: events.length - 1 } }]);
  // Where it began is not known any more; who needs it looks at the topic's beginning.
  expect(ended(upgraded)).toMatchObject([{ record: { firstOffset: null, endOffset: events.length - 1 } }]);
});
