import { expect, it } from 'vitest';
import { type Bench, next, now, texts } from './harness.ts';

/** Several members of one group. */
export function sharing(bench: Bench): void {
  it('shares the partitions among the members, each with one owner', async () => {
    await bench.declare('a');
    const first = bench.join('g', 'a');
    await first.owns(4);
    const second = bench.join('g', 'a');
    await Promise.all([first.owns(2), second.owns(2)]);
    const owned = [...first.assignments, ...second.assignments].filter(({ lost }) => !lost.aborted);
    expect(owned.map(({ partition }) => partition).sort()).toEqual([0, 1, 2, 3]);
  });

  it('gives a partition of all topics to the same member', async () => {
    await bench.declare('a');
    await bench.declare('b');
    const members = [bench.join('g', 'a', 'b'), bench.join('g', 'a', 'b')];
    await Promise.all(members.map((member) => member.owns(2)));
    for (const topic of ['a', 'b']) {
      for (let partition = 0; partition < 4; partition++) await bench.append(topic, partition, `${topic}${partition}`);
    }
    const read = members.flatMap(({ assignments }) => assignments.filter(({ lost }) => !lost.aborted));
    for (const mine of read) {
      const found = [...(await next(mine, ['a'])), ...(await next(mine, ['b']))];
      expect(texts(found)).toEqual([`a${mine.partition}`, `b${mine.partition}`]);
    }
  });

  it('fences off the member that lost a partition, in everything that it does, and gives a greater epoch', async () => {
    await bench.declare('a');
    const first = bench.join('g', 'a');
    await first.owns(4);
    const second = bench.join('g', 'a');
    await second.owns(2);
    const lost = first.assignments.find((assignment) => assignment.lost.aborted);
    if (lost === undefined) throw new Error('no assignment was lost');
    const taken = await second.own(lost.partition);
    expect(taken.epoch).toBeGreaterThan(lost.epoch);
    const fenced = { code: 'fenced' };
    await expect(now(lost)).rejects.toMatchObject(fenced);
    await expect(lost.commit({ a: 1 })).rejects.toMatchObject(fenced);
    await expect(lost.committed()).rejects.toMatchObject(fenced);
    expect(() => lost.seek('a', 0)).toThrow(expect.objectContaining(fenced));
    expect(await taken.committed()).toEqual({});
  });

  it('ends a poll that waits when its partition is lost', async () => {
    await bench.declare('a');
    const member = bench.join('g', 'a');
    const waiting = next(await member.own(0));
    const outcome = expect(waiting).rejects.toMatchObject({ code: 'fenced' });
    await member.consumer.stop();
    await outcome;
  });

  it('gives the partitions of a member that left to the others, who go on at its commit', async () => {
    await bench.declare('a');
    for (let partition = 0; partition < 4; partition++) await bench.append('a', partition, 'done', 'next');
    const first = bench.join('g', 'a');
    await first.owns(4);
    for (const mine of first.assignments) await mine.commit({ a: 1 });
    const second = bench.join('g', 'a');
    await second.owns(2);
    await first.consumer.stop();
    await second.owns(4);
    for (let partition = 0; partition < 4; partition++) {
      expect(texts(await next(await second.own(partition)))).toEqual(['next']);
    }
  });

  it('knows whether it is a member of its group, also where no partition is left for it', async () => {
    await bench.declare('a', { partitions: 1 });
    const first = bench.join('g', 'a');
    await first.owns(1);
    expect(first.consumer.hasJoined).toBe(true);
    const second = bench.join('g', 'a');
    await expect.poll(() => second.consumer.hasJoined, { timeout: 20_000 }).toBe(true);
    await second.consumer.stop();
    expect(second.consumer.hasJoined).toBe(false);
  });

  it('ends the assignments of a consumer that is stopped', async () => {
    await bench.declare('a');
    const consumer = bench.log.consumer({ group: 'g', topics: ['a'] });
    const ended = new Promise<void>((resolve) => consumer.assignments.subscribe({ complete: resolve }));
    await consumer.stop();
    await expect(ended).resolves.toBeUndefined();
  });

  it('stops with a reason at topics that are not co-partitioned', async () => {
    await bench.declare('a');
    await bench.declare('b', { partitions: 3 });
    const consumer = bench.log.consumer({ group: 'g', topics: ['a', 'b'] });
    const failed = new Promise((resolve) => consumer.assignments.subscribe({ error: resolve }));
    expect(await failed).toMatchObject({ code: 'config' });
  });
}
