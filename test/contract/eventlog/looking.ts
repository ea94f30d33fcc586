import { expect, it } from 'vitest';
import { type Bench, next } from './harness.ts';

/** What somebody who is no member sees of topics and groups. */
export function looking(bench: Bench): void {
  it('tells the bounds of many partitions in the order of asking', async () => {
    await bench.declare('a');
    await bench.declare('b');
    await bench.append('a', 1, 'x', 'y', 'z');
    await bench.append('b', 3, 'x');
    await bench.log.trim('a', 1, 2);
    const places = [
      { topic: 'b', partition: 3 },
      { topic: 'a', partition: 1 },
      { topic: 'a', partition: 0 },
    ];
    expect(await bench.log.boundsOf(places)).toEqual([
      { start: 0, end: 1 },
      { start: 2, end: 3 },
      { start: 0, end: 0 },
    ]);
    expect(await bench.log.boundsOf([])).toEqual([]);
  });

  it('tells what a group has committed, with members and without', async () => {
    await bench.declare('a');
    await bench.declare('b');
    await bench.append('a', 2, 'x', 'y');
    const nothing = [null, null, null, null];
    expect(await bench.log.committedBy('nobody', ['a'])).toEqual(new Map([['a', nothing]]));
    const member = bench.join('g', 'a', 'b');
    const mine = await member.own(2);
    await next(mine);
    await mine.commit({ a: 2 });
    const wanted = new Map([
      ['b', nothing],
      ['a', [null, null, 2, null]],
    ]);
    expect(await bench.log.committedBy('g', ['b', 'a'])).toEqual(wanted);
    await member.consumer.stop();
    expect(await bench.log.committedBy('g', ['b', 'a'])).toEqual(wanted);
  });
}
