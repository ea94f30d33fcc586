import { expect, it } from 'vitest';
import { settle } from '../../support/virtualclock.ts';
import { type Bench, next, now, record, texts } from './harness.ts';

/** What one member of a group reads. */
export function consuming(bench: Bench): void {
  it('reads every partition from its first record, in order, none twice', async () => {
    await bench.declare('a');
    for (let partition = 0; partition < 4; partition++)
      await bench.append('a', partition, `${partition}a`, `${partition}b`);
    const member = bench.join('g', 'a');
    for (let partition = 0; partition < 4; partition++) {
      const mine = await member.own(partition);
      expect(texts(await next(mine))).toEqual([`${partition}a`, `${partition}b`]);
      expect(await now(mine)).toEqual([]);
    }
  });

  it('goes on at the commit after a restart, and reads again what was not committed', async () => {
    await bench.declare('a');
    await bench.append('a', 0, '0', '1', '2', '3');
    const first = await bench.join('g', 'a').own(0);
    expect(await first.committed()).toEqual({});
    expect(texts(await now(first))).toHaveLength(4);
    await first.commit({ a: 2 });
    await bench.harness.reopen();
    const second = await bench.join('g', 'a').own(0);
    expect(await second.committed()).toEqual({ a: 2 });
    expect(texts(await next(second))).toEqual(['2', '3']);
    expect(second.epoch).toBeGreaterThan(first.epoch);
  });

  it('keeps groups apart', async () => {
    await bench.declare('a');
    await bench.append('a', 0, '0', '1');
    const one = await bench.join('one', 'a').own(0);
    await next(one);
    await one.commit({ a: 2 });
    expect(texts(await next(await bench.join('other', 'a').own(0)))).toEqual(['0', '1']);
  });

  it('reads earlier topics first, and only those that it is asked for', async () => {
    await bench.declare('urgent');
    await bench.declare('bulk');
    await bench.append('bulk', 0, 'b0', 'b1');
    await bench.append('urgent', 0, 'u0');
    const mine = await bench.join('g', 'urgent', 'bulk').own(0);
    expect(texts(await next(mine, ['bulk']))).toEqual(['b0', 'b1']);
    await bench.append('bulk', 0, 'b2');
    await bench.append('urgent', 0, 'u1');
    expect(texts(await now(mine, 2))).toEqual(['u0', 'u1']);
    expect(texts(await now(mine, 2))).toEqual(['b2']);
  });

  it('begins where it seeks, again and again', async () => {
    await bench.declare('a');
    await bench.append('a', 0, '0', '1', '2');
    const mine = await bench.join('g', 'a').own(0);
    mine.seek('a', 1);
    expect(texts(await next(mine))).toEqual(['1', '2']);
    mine.seek('a', 2);
    expect(texts(await next(mine))).toEqual(['2']);
    mine.seek('a', 0);
    expect(texts(await next(mine))).toEqual(['0', '1', '2']);
  });

  it('waits for a record that is appended later, and ends the wait when there is none', async () => {
    await bench.declare('a');
    await bench.declare('b');
    const mine = await bench.join('g', 'a', 'b').own(0);
    // Longer than this test may take: only an append can end it.
    const waiting = mine.poll({ maxRecords: 10, waitMs: 60_000 });
    await settle();
    await settle();
    await bench.append('a', 1, 'of another partition');
    await bench.append('b', 0, 'mine');
    expect(texts(await waiting)).toEqual(['mine']);
    expect(await mine.poll({ maxRecords: 10, waitMs: 20 })).toEqual([]);
  });

  it('says so when what comes next is gone, instead of reading on behind the gap', async () => {
    await bench.declare('a');
    await bench.append('a', 0, '0', '1', '2');
    const mine = await bench.join('g', 'a').own(0);
    expect(texts(await now(mine, 1))).toEqual(['0']);
    await bench.harness.expire('a');
    await bench.append('a', 0, 'behind the gap');
    // A log may have handed over, or hold ready, what it read before; from here on it must read what is gone.
    mine.seek('a', 1);
    await expect(next(mine)).rejects.toMatchObject({ code: 'offset-range' });
    mine.seek('a', (await bench.log.bounds('a', 0)).start);
    expect(texts(await next(mine))).toEqual(['behind the gap']);
  });

  it('says so when it stands beyond the end, as in a topic that was made anew', async () => {
    await bench.declare('a');
    await bench.append('a', 0, '0', '1');
    const mine = await bench.join('g', 'a').own(0);
    expect(texts(await now(mine, 2))).toEqual(['0', '1']);
    mine.seek('a', 7);
    await expect(next(mine)).rejects.toMatchObject({ code: 'offset-range' });
  });

  it('passes over the holes of a compacted topic', async () => {
    await bench.declare('a', { cleanup: 'compact' });
    for (let round = 0; round < 5; round++) await bench.log.append([record('a', 0, `${round}`, 'same')]);
    // Kafka leaves the newest segment as it is: what must be compacted lies before it.
    await bench.harness.passTime();
    await bench.log.append([record('a', 0, 'newest', 'other')]);
    await bench.harness.compact('a');
    const mine = await bench.join('g', 'a').own(0);
    const kept = texts(await next(mine));
    if (kept.length === 1) kept.push(...texts(await next(mine)));
    expect(kept).toEqual(['4', 'newest']);
    await bench.append('a', 0, 'after');
    expect(texts(await next(mine))).toEqual(['after']);
  });

  it('reads a long backlog in pieces, without losing or repeating one', async () => {
    await bench.declare('a');
    const wanted = Array.from({ length: 2_500 }, (_, index) => `${index}`);
    await bench.append('a', 0, ...wanted);
    const mine = await bench.join('g', 'a').own(0);
    const read: (string | null)[] = [];
    while (read.length < wanted.length) read.push(...texts(await mine.poll({ maxRecords: 700, waitMs: 10_000 })));
    expect(read).toEqual(wanted);
  });
}
