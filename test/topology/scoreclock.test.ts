import { describe, expect, it } from 'vitest';
import type { Output } from '../../src/runtime/stage.ts';
import { chatOf, ended, liveEvent, said, started, zeroAtMs } from '../support/chatstream.ts';
import { give, highlightsIn, outputsOf, rankingIn, scoreDriver } from '../support/scorestage.ts';

const chat = chatOf({ seconds: 480, perSecond: 1.5, moments: [130, 250, 400] });
const begin = liveEvent('start', 0, started);
const finish = liveEvent('end', 480, ended());
const broadcast = [begin, ...chat, finish];

const seconds = (outputs: readonly Output[], second: number): number => {
  const row = outputs.find((o) => o.topic === 'streams.seconds' && o.record.atMs === zeroAtMs + second * 1000);
  return row?.topic === 'streams.seconds' ? row.record.messages : -1;
};

describe('the clock follows the broadcast only', () => {
  it('one event from 2099, or hours ahead, changes no byte of what the others give', () => {
    const alone = highlightsIn(outputsOf(broadcast));
    const far = liveEvent('far', 50, { ...said('u3', 'x'), atMs: Date.UTC(2099, 0, 1) });
    const hours = liveEvent('hours', 5 * 3600, said('u3', 'x'));
    const outputs = outputsOf([begin, ...chat.slice(0, 50), far, hours, ...chat.slice(50), finish]);
    expect(highlightsIn(outputs)).toEqual(alone);
    expect(rankingIn(outputs).fates).toMatchObject({ deadLettered: 2, late: 0, processed: chat.length });
  });

  it('a real jump is followed once three others confirm it, and the held events are used', () => {
    const gap = 2 * 3600;
    const later = chat.map((event) => ({ ...event, eventId: `later-${event.eventId}`, atMs: event.atMs + gap * 1000 }));
    const outputs = outputsOf([begin, ...chat, ...later, liveEvent('end', gap + 480, ended())]);
    expect(rankingIn(outputs).fates).toMatchObject({ processed: 2 * chat.length, late: 0, deadLettered: 0 });
    const found = highlightsIn(outputs).map((highlight) => Math.floor((highlight.peakMs - zeroAtMs) / 1000));
    expect(found.filter((second) => second > gap)).toHaveLength(3);
  });

  it('a jump that two others follow is not confirmed', () => {
    const ahead = [1, 2, 3, 4, 5].map((i) => liveEvent(`a${i}`, 7200 + i, said(`u${i % 2}`, 'later')));
    const { fates } = rankingIn(outputsOf([begin, ...chat.slice(0, 50), ...ahead, ...chat.slice(50), finish]));
    expect(fates).toMatchObject({ processed: chat.length, deadLettered: 5, late: 0 });
  });

  it('a source that is silent holds the watermark until it is marked as idle', () => {
    const driver = scoreDriver();
    give(driver, begin);
    give(driver, liveEvent('v', 1, { source: 'viewers', kind: 'viewers', viewers: { count: 10 } }));
    for (let i = 0; i < 30; i += 1) give(driver, liveEvent(`c${i}`, i, said('u1', 'hello there')));
    expect(driver.outputs).toHaveLength(0);
    give(driver, liveEvent('i', 2, { source: 'viewers', kind: 'idle' }));
    expect(driver.outputs.filter((output) => output.topic === 'streams.seconds')).toHaveLength(27);
    give(driver, liveEvent('j', 60, { kind: 'idle' }));
    expect(driver.outputs.filter((output) => output.topic === 'streams.seconds')).toHaveLength(58);
  });

  it('a source that joins late with what is over brings nothing back: all of it is late', () => {
    const events = [10, 20, 30].map((second) =>
      liveEvent(`v${second}`, second, { source: 'viewers', kind: 'viewers', viewers: { count: 9 } }),
    );
    const { fates } = rankingIn(outputsOf([begin, ...chat, ...events, finish]));
    expect(fates).toMatchObject({ processed: chat.length, late: 3 });
  });

  it('chat from before the zero, as in a waiting room, is scored too', () => {
    const early = liveEvent('early', -60.5, said('u1', 'is this on'));
    const outputs = outputsOf([begin, early, ...chat, finish]);
    expect(rankingIn(outputs)).toMatchObject({ zeroAtMs, firstMs: early.atMs });
    expect(seconds(outputs, -61)).toBe(1);
  });
});
