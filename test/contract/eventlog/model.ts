import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Assignment } from '../../../src/ports/eventlog.ts';
import { type Bench, now, texts } from './harness.ts';

/** What one partition of a topic and one member of a group should hold. */
interface Model {
  readonly appended: string[];
  position: number;
  committed: number;
}
type Step = (bench: Bench, mine: Assignment, model: Model) => Promise<'restart' | undefined>;

const append = fc.integer({ min: 1, max: 20 }).map(
  (count): Step =>
    async (bench, _, model) => {
      const values = Array.from({ length: count }, (_, index) => `${model.appended.length + index}`);
      expect(await bench.append('a', 1, ...values)).toEqual(values.map(Number));
      model.appended.push(...values);
      return undefined;
    },
);
const poll = fc.integer({ min: 1, max: 15 }).map(
  (count): Step =>
    async (_, mine, model) => {
      const read = texts(await now(mine, count));
      expect(read).toEqual(model.appended.slice(model.position, model.position + read.length));
      if (model.position < model.appended.length) expect(read.length).toBeGreaterThan(0);
      model.position += read.length;
      return undefined;
    },
);
const commit = fc.constant<Step>(async (_, mine, model) => {
  await mine.commit({ a: model.position });
  model.committed = model.position;
  return undefined;
});
const seek = fc.nat(100).map(
  (share): Step =>
    async (_, mine, model) => {
      model.position = Math.floor((model.appended.length * share) / 100);
      mine.seek('a', model.position);
      return undefined;
    },
);
const restart = fc.constant<Step>(async (bench, _, model) => {
  await bench.harness.reopen();
  model.position = model.committed;
  return 'restart';
});

/** Any order of appends, reads, commits, seeks and restarts. */
export function modelled(bench: Bench): void {
  let round = 0;
  it('loses, repeats and reorders nothing in any order of operations', { timeout: 120_000 }, async () => {
    const steps = fc.array(fc.oneof(append, poll, poll, commit, seek, restart), { maxLength: 30 });
    await bench.declare('a');
    await fc.assert(
      fc.asyncProperty(steps, async (operations) => {
        // Each run goes on with the same partition, under a group of its own.
        const group = `g${round++}`;
        const { end } = await bench.log.bounds('a', 1);
        const before = texts(await bench.log.read('a', 1, 0, end)).map(String);
        const model: Model = { appended: before, position: 0, committed: 0 };
        let mine = await bench.join(group, 'a').own(1);
        for (const step of operations) {
          if ((await step(bench, mine, model)) === 'restart') mine = await bench.join(group, 'a').own(1);
        }
      }),
      { numRuns: 25 },
    );
  });
}
