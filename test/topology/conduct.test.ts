import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { transitions } from '../../src/stages/conduct/life.ts';
import { evening, lives, whole } from '../support/conductlives.ts';
import {
  ConductWorld,
  command,
  credits,
  detected,
  openedFile,
  ranking,
  settings,
  zeroAtMs,
} from '../support/conductworld.ts';

const clipsOf = (world: ConductWorld) =>
  world.topic('clips.rendered').flatMap((output) => (output.topic === 'clips.rendered' ? [output.record.clipId] : []));

describe('a highlight on its way to a clip', () => {
  test('goes through every state once, and one clip for each preset comes of it', () => {
    const world = new ConductWorld(['source', 'copy']);
    world.append(...evening());
    world.settle();
    expect(Object.fromEntries(lives(world))).toEqual({ a: whole, b: whole, c: whole });
    expect(new Set(clipsOf(world)).size).toBe(6);
    // Nothing is asked for twice where nobody died.
    expect(world.topic('highlights.journal')).toHaveLength(3 * whole.length);
    expect(world.topic('refine.tasks')).toHaveLength(3);
    expect(world.topic('render.tasks')).toHaveLength(6);
  });

  test('of another run is none of its business', () => {
    const world = new ConductWorld();
    const other = detected('a', 100);
    if (other.topic !== 'highlights.detected') throw new Error('no detection');
    world.append(openedFile(900), ...credits(1, 1), { ...other, record: { ...other.record, run: 'backfill' } });
    world.settle();
    expect(world.topic('highlights.journal')).toEqual([]);
  });

  test('waits until the archive holds its end', () => {
    const world = new ConductWorld();
    world.append(openedFile(90), ...credits(1, 1), detected('late', 100));
    world.settle();
    expect(lives(world).get('late')).toEqual(['detected']);
    world.append(openedFile(140));
    world.settle();
    expect(lives(world).get('late')).toEqual(whole);
  });

  test('is not refined far ahead of the renders, whose media would have left the cache by then', () => {
    const world = new ConductWorld();
    const ids = Array.from({ length: 20 }, (_, n) => `highlight ${n}`);
    world.append(openedFile(3_000), ...credits(20, 1), ...ids.map((id, n) => detected(id, 100 + 100 * n)));
    world.settle();
    const states = new Map<string, string>();
    let most = 0;
    for (const output of world.topic('highlights.journal')) {
      if (output.topic !== 'highlights.journal') continue;
      states.set(output.record.highlightId, output.record.toState);
      const ahead = [...states.values()].filter((state) => ['refining', 'refined', 'approved'].includes(state));
      most = Math.max(most, ahead.length);
    }
    expect(most).toBe(4);
    expect([...lives(world).values()]).toEqual(ids.map(() => whole));
  });

  test('is handed out only against credits, best first', () => {
    const world = new ConductWorld();
    world.append(openedFile(900), detected('weak', 100, 1), detected('strong', 300, 9));
    world.settle();
    expect(world.topic('refine.tasks')).toEqual([]);
    world.append(...credits(1, 1));
    world.settle();
    const order = world.topic('refine.tasks').map((o) => (o.topic === 'refine.tasks' ? o.record.highlightId : ''));
    expect(order).toEqual(['strong', 'weak']);
  });

  test('that is rejected by a person while it renders stays rejected and is not rendered again', () => {
    const world = new ConductWorld();
    world.append(openedFile(900), ...credits(1, 0), detected('a', 100));
    world.settle();
    world.append(command('a', 'reject'), ...credits(1, 1));
    world.settle();
    expect(lives(world).get('a')?.at(-1)).toBe('rejected');
    expect(clipsOf(world)).toEqual([]);
  });
});

describe('an entry of the journal', () => {
  /** Appends an entry as a faulty conductor might, of a moment of its own, and gives the tasks of `a` from then on. */
  const forged = (toState: string, fromRevision: number): string[] => {
    const world = new ConductWorld();
    world.append(...credits(0, 0), openedFile(900), detected('a', 100));
    world.settle();
    const [first] = world.topic('highlights.journal');
    if (first?.topic !== 'highlights.journal' || first.record.highlight === null) throw new Error('no entry');
    const highlight = { ...first.record.highlight, startMs: 1 };
    world.append({ ...first, record: { ...first.record, toState, fromRevision, highlight } }, ...credits(1, 1));
    world.settle();
    return [...world.topic('refine.tasks'), ...world.topic('render.tasks')].map(({ topic, record }) => {
      const { revision, startMs } = record as { readonly revision: number; readonly startMs: number };
      return `${topic} of revision ${revision}${startMs < zeroAtMs ? ', forged' : ''}`;
    });
  };
  // As if nothing had been.
  const honest = ['refine.tasks of revision 2', 'render.tasks of revision 5'];

  test('is void for a step that the table of transitions lacks, or a state that nobody knows', () => {
    for (const toState of ['rendered', 'rendering', 'approved', 'refined', 'failed', 'toString', 'unknown']) {
      expect(forged(toState, 1), toState).toEqual(honest);
    }
  });

  test('is void for a revision that is over or not reached', () => {
    for (const from of [0, 2, 7]) expect(forged('rejected', from), `from ${from}`).toEqual(honest);
    expect(forged('rejected', 1)).toEqual([]);
  });

  test('leads nowhere from a state in which nothing is left to do', () => {
    expect([transitions.rendered, transitions.rejected, transitions.expired]).toEqual([[], [], []]);
  });
});

describe('work that is held for the final ranking', () => {
  test('is done for the best only, also for a candidate that was never emitted; the rest expires', () => {
    const world = new ConductWorld();
    world.append(settings({ hold: 'ranking', top: 2 }), ...evening());
    world.settle();
    expect(world.topic('refine.tasks')).toEqual([]);
    world.append(
      ranking([
        ['b', 200],
        ['never-emitted', 700],
        ['a', 100],
      ]),
    );
    world.settle();
    const ends = [...lives(world)].map(([id, life]) => [id, life.at(-1)]);
    expect(Object.fromEntries(ends)).toEqual({
      a: 'expired',
      b: 'rendered',
      c: 'expired',
      'never-emitted': 'rendered',
    });
  });

  test('gives the same in whatever order detections, ranking and journal are read', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat(9)), (picks) => {
        const world = new ConductWorld();
        world.append(settings({ hold: 'ranking', top: 2 }));
        world.settle();
        world.append(
          ...evening(),
          ranking([
            ['b', 200],
            ['x', 700],
            ['a', 100],
          ]),
        );
        world.settle((count) => (count === 0 ? 0 : (picks.next().value ?? 0) % count));
        const ends = [...lives(world)].map(([id, life]) => [id, life.at(-1)]);
        expect(Object.fromEntries(ends)).toEqual({ a: 'expired', b: 'rendered', c: 'expired', x: 'rendered' });
      }),
      { numRuns: 60 },
    );
  });
});

describe('promise 26: the conductor', () => {
  test('killed at any moment leaves each highlight in exactly one state, with one clip', () => {
    for (let killAt = 0; killAt < 60; killAt += 1) {
      const world = new ConductWorld(['source', 'copy']);
      world.append(...evening());
      let steps = 0;
      world.settle(undefined, () => {
        steps += 1;
        if (steps === killAt) world.kill();
      });
      expect(Object.fromEntries(lives(world)), `killed after step ${killAt}`).toEqual({ a: whole, b: whole, c: whole });
      expect(new Set(clipsOf(world)).size).toBe(6);
    }
  });

  test('running twice at the same time gives each highlight one life and one clip', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat(9)), (picks) => {
        const world = new ConductWorld(['source'], 2);
        world.append(...evening());
        world.settle((count) => (count === 0 ? 0 : (picks.next().value ?? 0) % count));
        expect(Object.fromEntries(lives(world))).toEqual({ a: whole, b: whole, c: whole });
        expect(new Set(clipsOf(world)).size).toBe(3);
      }),
      { numRuns: 60 },
    );
  });

  test('makes no step that its table of transitions lacks', () => {
    const world = new ConductWorld(['source'], 2);
    world.append(...evening());
    world.settle();
    for (const life of lives(world).values()) {
      life.forEach((state, index) => {
        const before = (life[index - 1] ?? 'unknown') as keyof typeof transitions;
        expect(transitions[before]).toContain(state);
      });
    }
  });
});

test('a render that failed for want of the origin is approved again when its timer comes due, at most twice', () => {
  const world = new ConductWorld(['source'], 1, () => 'unavailable: the origin is away');
  world.append(openedFile(900), ...credits(1, 1), detected('a', 100));
  world.settle();
  expect(lives(world).get('a')?.at(-1)).toBe('failed');
  world.tick(0);
  world.tick(59_000);
  world.settle();
  expect(world.topic('timers')).toHaveLength(0);
  for (let minute = 1; minute <= 10; minute += 1) {
    world.tick(minute * 60_000);
    world.settle();
  }
  expect(
    lives(world)
      .get('a')
      ?.filter((state) => state === 'failed'),
  ).toHaveLength(3);
});

test('a timer that comes again changes nothing: it was for the failure before', () => {
  const world = new ConductWorld(['source'], 1, () => 'unavailable: the origin is away');
  world.append(openedFile(900), ...credits(1, 1), detected('a', 100));
  world.settle();
  world.tick(0);
  world.tick(60_000);
  world.settle();
  const before = world.topic('highlights.journal').length;
  world.append(...world.topic('timers').slice());
  world.settle();
  expect(world.topic('timers')).toHaveLength(2);
  expect(world.topic('highlights.journal')).toHaveLength(before);
});

test('a render that failed because the media is gone is not tried again', () => {
  const world = new ConductWorld(['source'], 1, () => 'media-gone: the archive does not hold it');
  world.append(openedFile(900), ...credits(1, 1), detected('a', 100));
  world.settle();
  world.tick(0);
  world.tick(600_000);
  expect(world.topic('timers')).toHaveLength(0);
});
