import { expect, test } from 'vitest';
import { decodeState, encodeState, type StreamState } from '../../src/stages/conduct/state.ts';
import { ConductWorld, credits, detected, openedFile } from '../support/conductworld.ts';

const minute = 60_000;

/** Lets so many minutes pass from one on and returns those in which a timer came due. */
function retriedAt(world: ConductWorld, fromMinute: number, toMinute: number): number[] {
  const at: number[] = [];
  for (let now = fromMinute; now <= toMinute; now += 1) {
    const before = world.topic('timers').length;
    world.tick(now * minute);
    world.settle();
    if (world.topic('timers').length > before) at.push(now);
  }
  return at;
}

const states = (world: ConductWorld): string[] =>
  world
    .topic('highlights.journal')
    .flatMap(({ topic, record }) => (topic === 'highlights.journal' ? [record.toState] : []));

function failing(error: () => string): ConductWorld {
  const world = new ConductWorld(['source'], 1, error);
  world.append(openedFile(900), ...credits(1, 1), detected('a', 100));
  world.settle();
  return world;
}

test.each(['budget', 'space'])('a render refused for %s is tried again, ever less often, for a day', (code) => {
  const world = failing(() => `${code}: no room`);
  const at = retriedAt(world, 0, 3 * 24 * 60);
  expect(at.slice(0, 8)).toEqual([1, 4, 9, 18, 35, 68, 129, 190]);
  expect(at).toHaveLength(29);
  expect(at.at(-1)).toBeGreaterThan(23 * 60);
  expect(at.at(-1)).toBeLessThan(26 * 60);
  expect(states(world).at(-1)).toBe('failed');
});

test('a clip that finds room after hours is made', () => {
  let error = 'budget: no room';
  const world = failing(() => error);
  retriedAt(world, 0, 200);
  error = '';
  retriedAt(world, 201, 280);
  expect(states(world).at(-1)).toBe('rendered');
});

test('hours of refusals leave the tries for an origin that is away as they were', () => {
  let error = 'space: the disk is full';
  const world = failing(() => error);
  retriedAt(world, 0, 100);
  error = 'unavailable: the origin is away';
  const at = retriedAt(world, 101, 400);
  // The last refusal's own timer, and two more.
  expect(at).toHaveLength(3);
});

test('a conductor that comes after one that died goes on trying, where the other one was', () => {
  const world = failing(() => 'budget: no room');
  retriedAt(world, 0, 20);
  world.kill();
  world.settle();
  const at = retriedAt(world, 21, 3 * 24 * 60);
  expect(at).toHaveLength(29 - 4);
});

test('a state of the version before says why a highlight failed', () => {
  const moment = {} as never;
  const old = { revision: 6, state: 'failed', moment, presets: ['source'], retries: 1, wanted: 6 };
  const outcomes = { source: { error: 'budget: no room' } };
  const before = {
    kind: 'stream',
    highlights: { a: { ...old, outcomes }, b: { ...old, state: 'approved', outcomes: {} } },
  };
  const state = decodeState(Buffer.from(JSON.stringify(before)), 1) as StreamState;
  expect(state.highlights.a).toMatchObject({ failure: 'budget: no room', refusals: 0, retries: 1 });
  expect(state.highlights.b).toMatchObject({ failure: '', refusals: 0 });
  expect(decodeState(encodeState(state), 2)).toEqual(state);
});
