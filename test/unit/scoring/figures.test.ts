import { describe, expect, test } from 'vitest';
import { memoryMetrics } from '../../../src/adapters/embedded/metrics.ts';
import { liveEvent, said, zeroAtMs } from '../../support/chatstream.ts';
import { give, scoreDriver } from '../../support/scorestage.ts';

const labels = { stage: 'score', partition: '0' };
const hourMs = 3_600_000;
const message = (streamId: string, second: number) =>
  liveEvent(`${streamId}-${second}`, second, { ...said('u', 'hello'), streamId });

/** A stage that has taken in messages of one second after the other, at a wall clock that stands still. */
function driven(streams: Readonly<Record<string, number>>) {
  const driver = scoreDriver();
  const metrics = memoryMetrics();
  const chat = (streamId: string, from: number, to: number) => {
    for (let second = from; second < to; second += 1) give(driver, message(streamId, second));
  };
  for (const [streamId, seconds] of Object.entries(streams)) chat(streamId, 0, seconds);
  const at = (nowMs: number) => {
    driver.measure(metrics, nowMs);
    const upTo = metrics.value('cliptide_watermark_timestamp_seconds', labels);
    return {
      delay: metrics.value('cliptide_watermark_delay_seconds', labels),
      second: upTo === 0 ? undefined : upTo - zeroAtMs / 1_000,
    };
  };
  return { driver, metrics, chat, at };
}

describe('figures of scoring', () => {
  test('give the watermark of the broadcast that is furthest behind, and how long it waits', () => {
    const { at, chat } = driven({ ahead: 100, behind: 61 });
    expect(at(0)).toEqual({ delay: 2, second: 58 });
    chat('behind', 61, 201);
    expect(at(0)).toEqual({ delay: 2, second: 97 });
  });

  test('are gone when the last broadcast has ended', () => {
    const { at, driver } = driven({ one: 100 });
    expect(at(0).second).toBe(97);
    give(driver, { ...liveEvent('end', 100, { kind: 'streamEnded' }), streamId: 'one' });
    expect(at(0)).toEqual({ delay: 0, second: undefined });
  });

  test('leave out a broadcast that has not moved for an hour, until it moves again', () => {
    const { at, chat } = driven({ left: 11, going: 101 });
    expect(at(1).second).toBe(8);
    chat('going', 101, 201);
    expect(at(hourMs).second).toBe(8);
    expect(at(hourMs + 2).second).toBe(198);
    chat('left', 11, 21);
    expect(at(hourMs + 3).second).toBe(18);
  });

  test('count what the states that are taken up had counted before to nobody', () => {
    const { at, chat, driver, metrics } = driven({ one: 100 });
    const processed = () => metrics.value('cliptide_events_total', { stage: 'score', fate: 'processed' });
    driver.restart();
    at(0);
    expect(processed()).toBe(0);
    chat('one', 100, 110);
    at(0);
    expect(processed()).toBe(10);
  });
});
