import { describe, expect, test } from 'vitest';
import { evening, lives } from '../support/conductlives.ts';
import { ConductWorld, command, credits, detected, openedFile, zeroAtMs } from '../support/conductworld.ts';

describe("a person's command", () => {
  const rendered = (): ConductWorld => {
    const world = new ConductWorld();
    world.append(...evening());
    world.settle();
    return world;
  };

  test('is obeyed only at the revision that the person saw', () => {
    const world = new ConductWorld();
    world.append(openedFile(900), ...credits(1, 0), detected('a', 100));
    world.settle();
    const [before, now] = [lives(world).get('a')?.length ?? 0, () => lives(world).get('a')?.at(-1)];
    world.append(command('a', 'reject', before - 1), command('a', 'reject', before + 1));
    world.settle();
    expect(now()).toBe('approved');
    world.append(command('a', 'reject', before));
    world.settle();
    expect(now()).toBe('rejected');
  });

  test('to trim has the moment rendered as it was cut, also while it is rendered otherwise', () => {
    const world = new ConductWorld();
    world.append(openedFile(900), ...credits(1, 0), detected('a', 100));
    world.settle();
    world.append(command('a', 'trim', null, [80, 110]), ...credits(1, 1));
    world.settle();
    const spans = world.topic('render.tasks').map(({ record }) => {
      const { startMs, endMs } = record as { readonly startMs: number; readonly endMs: number };
      return [(startMs - zeroAtMs) / 1_000, (endMs - zeroAtMs) / 1_000];
    });
    expect(spans).toEqual([[80, 110]]);
    expect(lives(world).get('a')?.slice(-3)).toEqual(['approved', 'rendering', 'rendered']);
  });

  test('to trim is not obeyed where it is no span, or another moment', () => {
    for (const bounds of [
      [110, 80],
      [90, 90],
      [90, 900],
      [-900, 120],
    ] as const) {
      const world = new ConductWorld();
      world.append(openedFile(900), ...credits(1, 0), detected('a', 100));
      world.settle();
      const before = world.topic('highlights.journal').length;
      world.append(command('a', 'trim', null, bounds));
      world.settle();
      expect(world.topic('highlights.journal'), `${bounds}`).toHaveLength(before);
    }
  });

  test('that is given twice, or against another one, is one step: the first', () => {
    const world = new ConductWorld();
    world.append(openedFile(900), ...credits(1, 0), detected('a', 100));
    world.settle();
    const before = world.topic('highlights.journal').length;
    world.append(command('a', 'reject'), command('a', 'reject'), command('a', 'retry'));
    // The commands are read before the journal.
    world.settle((count) => count - 1);
    expect(world.topic('highlights.journal')).toHaveLength(before + 1);
  });

  test('changes nothing that is final, and nothing that is not known', () => {
    const world = rendered();
    const before = world.topic('highlights.journal').length;
    for (const kind of ['reject', 'approve', 'retry', 'trim', 'unheard of']) {
      for (const id of ['a', 'nobody', '__proto__', 'constructor']) world.append(command(id, kind));
    }
    world.settle();
    expect(world.topic('highlights.journal')).toHaveLength(before);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as { wanted?: number }).wanted).toBeUndefined();
  });
});
