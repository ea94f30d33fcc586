import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveEvent } from '../../../../src/domain/records.gen.ts';
import type { StatefulDependencies } from '../../../../src/runtime/stateful.ts';
import { live } from './services.ts';

const everyMs = 10;

/**
 * Appends events when they happen: an event at `zeroMs` at once, and every other one so much later. Gives for each event,
 * by its number, when it was handed to the log, by `performance.now()`.
 */
export async function inPace(
  { log, codec }: StatefulDependencies,
  events: readonly LiveEvent[],
  { zeroMs }: { readonly zeroMs: number },
): Promise<Float64Array> {
  const handedAt = new Float64Array(events.length);
  const begun = performance.now();
  const appends: Promise<unknown>[] = [];
  for (let next = 0; next < events.length; await sleep(everyMs)) {
    const untilMs = zeroMs + performance.now() - begun;
    const records: { topic: string; key: string; value: Uint8Array }[] = [];
    const from = next;
    for (let event = events[next]; event !== undefined && event.atMs <= untilMs; event = events[++next]) {
      records.push({ topic: live, key: event.channelId, value: codec.encode(live, event) });
    }
    if (records.length === 0) continue;
    handedAt.fill(performance.now(), from, next);
    appends.push(log.append(records));
  }
  await Promise.all(appends);
  return handedAt;
}
