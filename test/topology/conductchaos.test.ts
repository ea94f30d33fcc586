import { expect, test } from 'vitest';
import { taskId } from '../../src/domain/ids.ts';
import { presetHash, presetNamed } from '../../src/domain/presets.ts';
import type { Moment } from '../../src/domain/records.gen.ts';
import { isState, mayFollow, type State } from '../../src/stages/conduct/life.ts';
import { seed } from '../support/chaos.ts';
import { belief, ConductChaos } from '../support/conductchaos.ts';
import { credits, detected, openedFile, ranking, settings } from '../support/conductworld.ts';
import { seeded } from '../support/madechat.ts';

const rounds = 120;
const steps = 250;
const presets = ['source', 'copy'];

/** What the journal says, worked out here a second time: by highlight its states and what must be believed of it now. */
function journalOf(world: ConductChaos) {
  const lives = new Map<string, State[]>();
  const beliefs: Record<string, string> = {};
  const moments = new Map<string, Moment>();
  for (const output of world.topic('highlights.journal')) {
    if (output.topic !== 'highlights.journal') continue;
    const { highlightId, fromRevision, toState, highlight } = output.record;
    const life = lives.get(highlightId) ?? [];
    if (fromRevision !== life.length || !isState(toState) || !mayFollow(life.at(-1) ?? 'unknown', toState)) continue;
    lives.set(highlightId, [...life, toState]);
    const moment = highlight ?? moments.get(highlightId);
    if (moment === undefined) throw new Error(`${highlightId} has no moment`);
    moments.set(highlightId, moment);
    beliefs[highlightId] = belief(toState, fromRevision + 1, moment);
  }
  return { lives, beliefs };
}

/** The tasks that those lives stand for: no work but this may be handed out, and none of it may be forgotten. */
function tasksOf(lives: ReadonlyMap<string, readonly State[]>): string[] {
  return [...lives].flatMap(([id, life]) =>
    life.flatMap((state, index) => {
      if (state === 'refining') return [taskId(id, index + 1, 'refine')];
      if (state !== 'rendering') return [];
      return presets.map((preset) => taskId(id, index + 1, `render:${presetHash(presetNamed(preset))}`));
    }),
  );
}

/**
 * Whether each render ended as its tasks did: rendered where all of them were done, with all their clips and no other,
 * else failed. Gives what does not fit.
 */
function wrongEnds(world: ConductChaos): string[] {
  const outcomes = new Map<string, { readonly clipId: string; readonly outcome: string }>();
  for (const output of world.topic('clips.rendered')) {
    if (output.topic === 'clips.rendered') outcomes.set(output.record.taskId, output.record);
  }
  return world.topic('highlights.journal').flatMap((output) => {
    if (output.topic !== 'highlights.journal' || output.record.cause !== 'clips.rendered') return [];
    const { highlightId, fromRevision, toState, clips } = output.record;
    const tasks = presets.map((preset) =>
      outcomes.get(taskId(highlightId, fromRevision, `render:${presetHash(presetNamed(preset))}`)),
    );
    const done = tasks.flatMap((task) => (task?.outcome === 'done' ? [task.clipId] : []));
    const fits = toState === (done.length === presets.length ? 'rendered' : 'failed');
    const named = JSON.stringify([...clips].sort()) === JSON.stringify(done.sort());
    return fits && named
      ? []
      : [`${highlightId}@${fromRevision} ${toState} with ${clips.length} clips of ${done.length}`];
  });
}

const handedOut = (world: ConductChaos): string[] => [
  ...new Set(
    [...world.topic('refine.tasks'), ...world.topic('render.tasks')].map(
      ({ record }) => (record as { readonly taskId: string }).taskId,
    ),
  ),
];

const ends: ReadonlySet<State> = new Set(['rendered', 'failed', 'rejected', 'expired']);

/** An evening in which everything goes wrong, and the calm after it. */
function evening(round: number): ConductChaos {
  const world = new ConductChaos(presets, 1 + (round % 2), seeded(seed + round));
  if (round % 3 === 0) world.append(settings({ hold: 'ranking', top: 2 }));
  world.append(openedFile(900), ...credits(2, 2), ...['a', 'b', 'c', 'd'].map((id, n) => detected(id, 100 + 100 * n)));
  for (let step = 0; step < steps; step += 1) {
    if (step === steps / 2)
      world.append(
        ranking([
          ['b', 200],
          ['never-emitted', 700],
          ['a', 100],
        ]),
      );
    world.step(step * 2_000);
  }
  world.calm(steps * 2_000);
  return world;
}

test(`promise 26: killed at every point, from checkpoints old and new, or running twice, each highlight has one state (${rounds} evenings, seed ${seed})`, () => {
  const seen = new Set<State>();
  for (let round = 0; round < rounds; round += 1) {
    const world = evening(round);
    const { lives, beliefs } = journalOf(world);
    for (const believed of world.beliefs) expect(believed, `round ${round}`).toEqual(beliefs);
    expect(handedOut(world).sort(), `round ${round}`).toEqual(tasksOf(lives).sort());
    expect(wrongEnds(world), `round ${round}`).toEqual([]);
    expect(lives.size, `round ${round}`).toBe(round % 3 === 0 ? 5 : 4);
    for (const [id, life] of lives) {
      const last = life.at(-1) ?? 'unknown';
      expect(ends, `round ${round}: ${id} went ${life.join(' ')}`).toContain(last);
      for (const state of life) seen.add(state);
    }
  }
  // The evenings are worth something only if they came to all that can become of a highlight.
  expect([...ends].filter((state) => !seen.has(state))).toEqual([]);
});
