import { describe, expect, it } from 'vitest';
import { eventsAsDue } from '../../../src/demo/broadcast.ts';
import { BroadcastClock, watchersClock } from '../../../src/demo/clock.ts';
import { playlistAt } from '../../../src/demo/playlist.ts';
import { demoScript } from '../../../src/demo/script.ts';
import { CliptideError } from '../../../src/domain/errors.ts';
import { virtualTime } from './virtualtime.ts';

const never = new AbortController().signal;

describe('the clock of the made broadcast', () => {
  it('runs at its pace and waits for the encoder instead of promising media that is not there', async () => {
    const time = virtualTime();
    const clock = new BroadcastClock(time, 10);
    await time.pass(5000);
    expect(clock.onAirSec()).toBe(0);
    clock.allow(20);
    await time.pass(1500);
    expect(clock.onAirSec()).toBe(15);
    await time.pass(60_000);
    expect(clock.onAirSec()).toBe(20);
    clock.allow(100);
    expect(clock.onAirSec()).toBe(20);
    await time.pass(1000);
    expect(clock.onAirSec()).toBe(30);
  });

  it('wakes whoever waits for a second, also one that is not encoded yet', async () => {
    const time = virtualTime();
    const clock = new BroadcastClock(time, 20);
    let reached = false;
    const waiting = clock.reach(30, never).then(() => {
      reached = true;
    });
    clock.allow(20);
    await time.pass(10_000);
    expect(reached).toBe(false);
    clock.allow(40);
    await time.pass(499);
    expect(reached).toBe(false);
    await time.pass(1);
    await waiting;
    expect(clock.onAirSec()).toBe(30);
  });

  it('hands the reason of a stop to whoever waits, so that a failed encoder is not called an abort', async () => {
    const stop = new AbortController();
    const clock = new BroadcastClock(virtualTime(), 1);
    const waiting = clock.reach(1, stop.signal);
    const reason = new CliptideError('tool', 'ffmpeg broke');
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });

  it('refuses a pace that is no pace', () => {
    for (const pace of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => new BroadcastClock(virtualTime(), pace)).toThrow(/pace/);
    }
  });

  it('shortens the waits of watchers, who poll by the time of the broadcast', async () => {
    const time = virtualTime();
    const clock = new BroadcastClock(time, 10);
    clock.allow(900);
    const watcher = watchersClock(clock, 50_000, time);
    let polled = 0;
    void watcher.sleep(2000).then(() => {
      polled = watcher.now();
    });
    await time.pass(200);
    expect(polled).toBe(52_000);
  });
});

describe('what is on air', () => {
  it('gives every event once, in order, and none before its time', async () => {
    const time = virtualTime();
    const clock = new BroadcastClock(time, 15);
    const script = demoScript(1);
    clock.allow(900);
    const seen: string[] = [];
    let early = 0;
    const reading = (async () => {
      for await (const batch of eventsAsDue(script, clock, never)) {
        early += batch.filter((event) => event.atMs > script.zeroAtMs + clock.onAirSec() * 1000).length;
        seen.push(...batch.map((event) => event.eventId));
      }
    })();
    await time.pass(30_001);
    const half = script.events.filter((event) => event.atMs <= script.zeroAtMs + 450_015).length;
    expect(seen).toHaveLength(half);
    await time.pass(30_100);
    await reading;
    expect(seen).toEqual(script.events.map((event) => event.eventId));
    expect(early).toBe(0);
  });

  it('shows a segment in the playlist when its end is reached, and the end at the end', () => {
    const names = (sec: number): number => playlistAt(sec).match(/seg-/g)?.length ?? 0;
    expect([names(0), names(1.99), names(2), names(7.9), names(8), names(900)]).toEqual([0, 0, 1, 3, 4, 450]);
    expect(playlistAt(6)).toContain('#EXT-X-PROGRAM-DATE-TIME:2026-01-10T18:00:04.000Z\n#EXTINF:2.000,\nseg-00002.ts');
    expect(playlistAt(899.9)).not.toContain('ENDLIST');
    expect(playlistAt(900)).toContain('seg-00449.ts\n#EXT-X-ENDLIST');
    expect(playlistAt(300).startsWith(playlistAt(100))).toBe(true);
  });
});
