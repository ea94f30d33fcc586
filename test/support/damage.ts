import type { LiveEvent, StateSnapshot } from '../../src/domain/records.gen.ts';
import { scoreStage } from '../../src/stages/score/stage.ts';
import { give, scoreDriver } from './scorestage.ts';

const stage = scoreStage({ run: 'live' });

/** The bytes with one bit of one byte the other way. */
export function flipped(bytes: Uint8Array, at: number, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at) ^ (1 << bit), at);
  return copy;
}

/** What scoring says of these events when it goes on from a state; undefined for bytes that are no state. */
function saidFrom(state: Uint8Array, streamId: string, events: readonly LiveEvent[]): string | undefined {
  const driver = scoreDriver();
  try {
    driver.states.set(streamId, stage.decode(state, stage.stateVersion));
    for (const event of events) give(driver, event);
  } catch {
    return undefined;
  }
  return JSON.stringify(driver.outputs);
}

/**
 * A snapshot's state with a flipped bit that nothing but the checksum can notice: it decodes, and scoring goes on from
 * it to the end, but says other things. `random` chooses among all places.
 */
export function silentDamage(
  snapshot: Pick<StateSnapshot, 'key' | 'state'>,
  rest: readonly LiveEvent[],
  random: () => number,
): Buffer {
  const right = saidFrom(snapshot.state, snapshot.key, rest);
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const at = Math.floor(random() * snapshot.state.length);
    const damaged = flipped(snapshot.state, at, Math.floor(random() * 8));
    const wrong = saidFrom(damaged, snapshot.key, rest);
    if (wrong !== undefined && wrong !== right) return damaged;
  }
  throw new Error(`no flip of ${snapshot.key} goes unnoticed`);
}
