import { expect, it } from 'vitest';
import { type Bench, bytes, record, texts } from './harness.ts';

/** Topics, appends and reads without a group. */
export function appending(bench: Bench): void {
  it('gives a record back as it was appended, and tells an empty value from a tombstone', async () => {
    await bench.declare('a', { cleanup: 'compact' });
    const value = Uint8Array.from([0, 0, 0, 0, 7, 255]);
    const headers = { trace: 'ü', empty: '' };
    await bench.log.append([
      { topic: 'a', key: 'schlüssel 🎬', value, headers, partition: 1 },
      { topic: 'a', key: 'empty', value: new Uint8Array(), partition: 1 },
      { topic: 'a', key: '', value: null, partition: 1 },
    ]);
    const read = await bench.log.read('a', 1, 0, 10);
    expect(read).toMatchObject([
      { topic: 'a', partition: 1, offset: 0, key: 'schlüssel 🎬', headers },
      { offset: 1, key: 'empty', headers: {} },
      { offset: 2, key: '', value: null },
    ]);
    expect(read.map((one) => (one.value === null ? null : [...one.value]))).toEqual([[...value], [], null]);
    expect(Math.abs(Number(read[0]?.appendedAtMs) - Date.now())).toBeLessThan(3_600_000);
  });

  it('numbers the records of each partition without a gap, in the order of the batch', async () => {
    await bench.declare('a');
    const offsets = await bench.log.append([record('a', 2, 'x'), record('a', 3, 'y'), record('a', 2, 'z')]);
    expect(offsets).toEqual([0, 0, 1]);
    expect(await bench.append('a', 2, 'more')).toEqual([2]);
    expect(texts(await bench.log.read('a', 2, 0, 10))).toEqual(['x', 'z', 'more']);
    expect(await bench.log.bounds('a', 2)).toEqual({ start: 0, end: 3 });
    expect(await bench.log.bounds('a', 0)).toEqual({ start: 0, end: 0 });
  });

  it('lets records go that nobody needs any more, keeps the offsets of the rest, and tells who comes too late', async () => {
    await bench.declare('a');
    await bench.append('a', 0, '0', '1', '2', '3', '4');
    await bench.log.trim('a', 0, 3);
    expect(await bench.log.bounds('a', 0)).toEqual({ start: 3, end: 5 });
    expect(texts(await bench.log.read('a', 0, 3, 10))).toEqual(['3', '4']);
    await bench.log.trim('a', 0, 1);
    await bench.log.trim('a', 0, 99);
    expect(await bench.log.bounds('a', 0)).toEqual({ start: 5, end: 5 });
    expect(await bench.append('a', 0, '5')).toEqual([5]);
  });

  it('takes an empty batch', async () => {
    expect(await bench.log.append([])).toEqual([]);
  });

  it('puts a key into the partition that Kafka would choose, in every topic of as many partitions', async () => {
    await bench.declare('a', { partitions: 7 });
    await bench.declare('b', { partitions: 7 });
    // murmur2 of these keys by Kafka's UtilsTest: 21, -973932308; foobar, -790332482.
    expect(bench.log.partitionOf('a', '21')).toBe((-973932308 & 0x7fffffff) % 7);
    expect(bench.log.partitionOf('b', 'foobar')).toBe((-790332482 & 0x7fffffff) % 7);
    await bench.log.append([{ topic: 'a', key: '21', value: bytes('here') }]);
    expect(texts(await bench.log.read('a', bench.log.partitionOf('a', '21'), 0, 10))).toEqual(['here']);
  });

  it('appends nothing of a batch when one record cannot be', async () => {
    await bench.declare('a');
    await expect(bench.log.append([record('a', 0, 'good'), record('a', 9, 'bad')])).rejects.toThrow();
    await expect(bench.log.append([record('a', 0, 'good'), record('nowhere', 0, 'bad')])).rejects.toThrow(/nowhere/);
    expect(await bench.log.bounds('a', 0)).toEqual({ start: 0, end: 0 });
    expect(await bench.append('a', 0, 'first')).toEqual([0]);
  });

  it('reads from an offset, no more than asked for, and nothing at the end', async () => {
    await bench.declare('a');
    await bench.append('a', 0, '0', '1', '2', '3', '4');
    expect(texts(await bench.log.read('a', 0, 2, 2))).toEqual(['2', '3']);
    expect(await bench.log.read('a', 0, 5, 2)).toEqual([]);
  });

  it('finds the first record that was not appended before a time', async () => {
    await bench.declare('a');
    for (const text of ['0', '1', '2']) {
      await bench.append('a', 0, text, text);
      await bench.harness.passTime();
    }
    const times = (await bench.log.read('a', 0, 0, 10)).map(({ appendedAtMs }) => appendedAtMs);
    const at = (index: number): number => Number(times[index]);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(await bench.log.offsetAt('a', 0, 0)).toBe(0);
    expect(await bench.log.offsetAt('a', 0, at(2))).toBe(2);
    expect(await bench.log.offsetAt('a', 0, at(2) + 1)).toBe(4);
    expect(await bench.log.offsetAt('a', 0, at(5) + 1)).toBe(6);
    expect(await bench.log.offsetAt('a', 1, at(0))).toBe(0);
  });

  it('keeps topics and records over a restart, and goes on with the next offset', async () => {
    await bench.declare('a');
    await bench.append('a', 0, 'before');
    await bench.harness.reopen();
    await bench.declare('a');
    expect(bench.log.partitions('a')).toBe(4);
    expect(await bench.append('a', 0, 'after')).toEqual([1]);
    expect(texts(await bench.log.read('a', 0, 0, 10))).toEqual(['before', 'after']);
  });

  it('refuses a topic that is declared again with another number of partitions', async () => {
    await bench.declare('a');
    await expect(bench.declare('a', { partitions: 5 })).rejects.toMatchObject({ code: 'config' });
  });

  it('goes on with the next offset after retention has removed everything, also over a restart', async () => {
    await bench.declare('a');
    await bench.append('a', 0, '0', '1', '2');
    await bench.harness.expire('a');
    await bench.harness.reopen();
    expect(await bench.log.bounds('a', 0)).toEqual({ start: 3, end: 3 });
    expect(await bench.append('a', 0, 'next')).toEqual([3]);
  });

  it('keeps the newest record of each key of a compacted topic, under its offset', async () => {
    await bench.declare('a', { cleanup: 'compact' });
    for (let round = 0; round < 3; round++) {
      await bench.log.append(['x', 'y'].map((key) => record('a', 0, `${key}${round}`, key)));
    }
    await bench.harness.passTime();
    await bench.log.append([record('a', 0, 'z', 'z')]);
    await bench.harness.compact('a');
    const read = await bench.log.read('a', 0, 0, 10);
    expect(read.map(({ offset }) => offset)).toEqual([4, 5, 6]);
    expect(texts(read)).toEqual(['x2', 'y2', 'z']);
    expect((await bench.log.bounds('a', 0)).end).toBe(7);
  });
}
