import type { LiveEvent } from '../domain/records.gen.ts';
import type { Clock } from '../ports/clock.ts';
import { BroadcastClock, watchersClock } from './clock.ts';
import { encodedSegments } from './encoded.ts';
import { encode } from './encoder.ts';
import { type Origin, openOrigin } from './origin.ts';
import { DURATION_SEC, SEGMENT_SEC, SEGMENTS } from './plan.ts';
import { type DemoScript, demoScript } from './script.ts';

export interface DemoOptions {
  /** Seconds of the broadcast in a second of the wall; 1 is life. */
  readonly pace: number;
  /** Path of ffmpeg. */
  readonly ffmpeg: string;
  /** An empty folder for the made segments; whoever gives it removes it. */
  readonly folder: string;
  /** Stops everything. */
  readonly signal: AbortSignal;
  /** The wall's time. */
  readonly time: Clock;
}

/** The made broadcast on air. */
export interface DemoBroadcast {
  readonly script: DemoScript;
  readonly zeroAtMs: number;
  readonly origin: Origin;
  readonly playlistUrl: string;
  /** The broadcast's time for its watchers, who would wait too long by the wall's. */
  readonly clock: Clock;
  /** Seconds of it that have been on air. */
  onAirSec(): number;
  /** Its events as they fall due, several at a time; ends with the broadcast. Can be iterated once. */
  events(): AsyncIterable<readonly LiveEvent[]>;
  /** Resolves when all of it has been on air (the origin goes on); rejects when ffmpeg fails or on abort. */
  readonly done: Promise<void>;
  /** Ends ffmpeg and the origin. */
  stop(): Promise<void>;
}

const SEED = 1;
/** Segments made before the broadcast goes on air, so that it need not wait at once. */
const HEAD_START = 10;

/** The made broadcast before it is on air. Its address is known, so that who is to watch it can be told. */
export interface DemoStudio {
  readonly playlistUrl: string;
  /** Puts it on air; resolves when it is. To be called once. */
  start(): Promise<DemoBroadcast>;
  /** Ends the origin; harmless where the broadcast was stopped. */
  close(): Promise<void>;
}

export async function openStudio(options: DemoOptions): Promise<DemoStudio> {
  const clock = new BroadcastClock(options.time, options.pace);
  const origin = await openOrigin(options.folder, () => clock.onAirSec());
  const { playlistUrl, close } = origin;
  return { playlistUrl, start: () => goOnAir(options, clock, origin), close };
}

async function goOnAir(options: DemoOptions, clock: BroadcastClock, origin: Origin): Promise<DemoBroadcast> {
  const script = demoScript(SEED);
  const stopping = new AbortController();
  const signal = AbortSignal.any([options.signal, stopping.signal]);
  const done = play(options, clock, signal);
  // A failure ends whatever waits for the clock, with the same error.
  done.catch((error: unknown) => stopping.abort(error));
  const stop = async (): Promise<void> => {
    stopping.abort();
    await Promise.allSettled([done, origin.close()]);
  };
  await clock.reach(Number.MIN_VALUE, signal).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    script,
    zeroAtMs: script.zeroAtMs,
    origin,
    playlistUrl: origin.playlistUrl,
    clock: watchersClock(clock, script.zeroAtMs, options.time),
    onAirSec: () => clock.onAirSec(),
    events: () => eventsAsDue(script, clock, signal),
    done,
    stop,
  };
}

/** Encodes, and lets the clock run as far as there are segments; ends when all of them have been on air. */
async function play(options: DemoOptions, clock: BroadcastClock, signal: AbortSignal): Promise<void> {
  const follow = async (): Promise<void> => {
    for await (const ready of encodedSegments(options.folder, SEGMENTS, options.time, signal)) {
      if (ready >= HEAD_START) clock.allow(ready * SEGMENT_SEC);
    }
  };
  await Promise.all([encode({ ...options, seconds: DURATION_SEC, signal }), follow()]);
  await clock.reach(DURATION_SEC, signal);
}

/** Yields the script's events as the clock reaches them. */
export async function* eventsAsDue(
  script: DemoScript,
  clock: BroadcastClock,
  signal: AbortSignal,
): AsyncGenerator<readonly LiveEvent[]> {
  const secOf = (event: LiveEvent): number => (event.atMs - script.zeroAtMs) / 1000;
  let next = 0;
  for (let event = script.events[next]; event !== undefined; event = script.events[next]) {
    await clock.reach(secOf(event), signal);
    const now = clock.onAirSec();
    const first = next;
    for (let due: LiveEvent | undefined = event; due !== undefined && secOf(due) <= now; due = script.events[next]) {
      next++;
    }
    yield script.events.slice(first, next);
  }
}
