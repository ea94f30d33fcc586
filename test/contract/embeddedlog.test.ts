import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../src/adapters/embedded/store.ts';
import type { AppendRecord, Assignment } from '../../src/ports/eventlog.ts';
import { embeddedLog, temporaryFolder } from '../support/embeddedlog.ts';
import { next, record, texts } from './eventlog/harness.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = temporaryFolder();
  file = join(folder, 'log.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const appender = fileURLToPath(new URL('../support/appender.ts', import.meta.url));

/** Starts a process that appends, and kills it outright once it has acknowledged this many batches. */
async function appendAndKill(batches: number): Promise<{ acknowledged: number; pid: number }> {
  const child = spawn(process.execPath, ['--no-warnings', appender, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let acknowledged = -1;
  let count = 0;
  for await (const line of createInterface(child.stdout)) {
    acknowledged = Number(line);
    if (++count === batches) child.kill('SIGKILL');
  }
  await exited;
  return { acknowledged, pid: child.pid ?? 0 };
}

describe('the embedded log after kill -9', () => {
  it('holds every batch that was acknowledged and no torn one, and can be opened at once', async () => {
    for (const batches of [1, 60, 333]) {
      const { acknowledged } = await appendAndKill(batches);
      const opened = embeddedLog(file);
      const [even, odd] = [await opened.log.read('a', 0, 0, 100_000), await opened.log.read('a', 1, 0, 100_000)];
      expect(texts(even)).toEqual(texts(odd));
      expect(even.length % 5).toBe(0);
      expect(even.length / 5).toBeGreaterThan(acknowledged);
      const numbers = even
        .filter(({ offset }) => offset % 5 === 0)
        .map(({ value }) => Number.parseInt(String(Buffer.from(value ?? [])), 10));
      expect(numbers).toEqual(numbers.map((_, index) => index));
      await opened.close();
    }
  });
});

describe('the owner of the embedded log', () => {
  it('is named to a second process, with what to do', async () => {
    const child = spawn(process.execPath, ['--no-warnings', appender, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    try {
      expect(() => openStore(file)).toThrow(
        expect.objectContaining({
          code: 'busy',
          where: file,
          message: expect.stringContaining(`process ${child.pid} `),
        }),
      );
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    openStore(file).close();
  });

  it('leaves no lock and no owner behind when it closes', async () => {
    const opened = embeddedLog(file);
    expect(() => openStore(file)).toThrow(expect.objectContaining({ code: 'busy' }));
    await opened.close();
    openStore(file).close();
    expect(existsSync(`${file}.owner`)).toBe(false);
  });
});

describe('a file that is no log of this version', () => {
  it('is refused and left as it is when it is not a database', () => {
    writeFileSync(file, 'just text, and enough of it to be taken for the header of a database file'.repeat(20));
    expect(() => openStore(file)).toThrow(expect.objectContaining({ code: 'corrupt', where: file }));
    expect(statSync(file).size).toBeGreaterThan(1_000);
  });

  it('is refused when a newer version wrote it', () => {
    const db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 99');
    db.close();
    expect(() => openStore(file)).toThrow(expect.objectContaining({ code: 'config' }));
  });

  it('is refused when its folder is missing', () => {
    expect(() => openStore(join(folder, 'missing', 'log.db'))).toThrow(expect.objectContaining({ code: 'config' }));
  });
});

describe('the size of the embedded log', () => {
  const batch = (topic: string): AppendRecord[] =>
    Array.from({ length: 100 }, (_, index) => record(topic, index % 2, 'x'.repeat(1_000), `${index}`));

  it('stays near its bound whatever is appended, and what is kept is the newest', async () => {
    const maxBytes = 4 << 20;
    const opened = embeddedLog(file, maxBytes);
    await opened.log.declare([{ name: 'a', partitions: 2, cleanup: 'delete' }]);
    for (let round = 0; round < 200; round++) await opened.log.append(batch('a'));
    expect(opened.store.size().usedBytes).toBeLessThan(maxBytes * 1.1);
    const { start, end } = await opened.log.bounds('a', 0);
    expect(end).toBe(10_000);
    expect(start).toBeGreaterThan(0);
    expect(end - start).toBeGreaterThan(1_000);
    expect((await opened.log.read('a', 0, start, 1))[0]?.offset).toBe(start);
    await opened.close();
    expect(statSync(file).size).toBeLessThan(maxBytes * 1.5);
  });

  it('never costs a compacted topic its newest records', async () => {
    const opened = embeddedLog(file, 1 << 20);
    await opened.log.declare([
      { name: 'a', partitions: 2, cleanup: 'delete' },
      { name: 'states', partitions: 2, cleanup: 'compact' },
    ]);
    await opened.log.append(batch('states'));
    for (let round = 0; round < 30; round++) await opened.log.append(batch('a'));
    expect(await opened.log.read('states', 0, 0, 1_000)).toHaveLength(50);
    await opened.close();
  });

  it('shrinks on the disk after retention, and says what was removed', async () => {
    const opened = embeddedLog(file);
    await opened.log.declare([{ name: 'a', partitions: 2, cleanup: 'delete', retentionMs: 3_600_000 }]);
    for (let round = 0; round < 50; round++) await opened.log.append(batch('a'));
    await opened.log.sweep(opened.clock.now());
    const before = statSync(file).size;
    const report = await opened.log.sweep(opened.clock.now() + 7_200_000);
    expect(report).toMatchObject({ expired: 5_000, squeezed: 0 });
    expect(statSync(file).size).toBeLessThan(before / 10);
    await opened.close();
  });

  it('is kept small in a compacted topic by its own appends', async () => {
    const opened = embeddedLog(file);
    await opened.log.declare([{ name: 'states', partitions: 1, cleanup: 'compact' }]);
    for (let round = 0; round < 3_000; round++)
      await opened.log.append([record('states', 0, `${round}`, `${round % 7}`)]);
    expect((await opened.log.read('states', 0, 0, 3_000)).length).toBeLessThan(1_100);
    await opened.close();
  });

  it('forgets a tombstone only after a day', async () => {
    const opened = embeddedLog(file);
    await opened.log.declare([{ name: 'states', partitions: 1, cleanup: 'compact' }]);
    await opened.log.append([record('states', 0, 'state', 'x'), record('states', 0, null, 'x')]);
    await opened.log.sweep(opened.clock.now());
    expect(texts(await opened.log.read('states', 0, 0, 10))).toEqual([null]);
    await opened.log.append([record('states', 0, 'state', 'y')]);
    await opened.log.sweep(opened.clock.now() + 86_400_001);
    expect(texts(await opened.log.read('states', 0, 0, 10))).toEqual(['state']);
    await opened.close();
  });
});

describe('the embedded log under stress', () => {
  it('refuses a batch as a whole when the disk is full, and goes on when there is room again', async () => {
    const opened = embeddedLog(file);
    await opened.log.declare([{ name: 'a', partitions: 1, cleanup: 'delete' }]);
    opened.store.db.exec('PRAGMA max_page_count = 150');
    const large = Array.from({ length: 2_000 }, () => record('a', 0, 'x'.repeat(1_000)));
    await expect(opened.log.append(large)).rejects.toMatchObject({ code: 'space' });
    expect(await opened.log.bounds('a', 0)).toEqual({ start: 0, end: 0 });
    opened.store.db.exec('PRAGMA max_page_count = 100000');
    expect(await opened.log.append([record('a', 0, 'fits')])).toEqual([0]);
    await opened.close();
  });

  it('lets timers and signals have their turn while a backlog is read', async () => {
    const opened = embeddedLog(':memory:');
    await opened.log.declare([{ name: 'a', partitions: 1, cleanup: 'delete' }]);
    await opened.log.append(Array.from({ length: 1_000 }, () => record('a', 0, 'x')));
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    const consumer = opened.log.consumer({ group: 'g', topics: ['a'] });
    await new Promise<void>((resolve) => {
      consumer.assignments.subscribe(async (mine) => {
        for (let polls = 0; polls < 1_000; polls++) await mine.poll({ maxRecords: 1, waitMs: 0 });
        resolve();
      });
    });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
    await opened.close();
  });

  it('keeps append times in order when the clock steps back', async () => {
    const opened = embeddedLog(':memory:');
    await opened.log.declare([{ name: 'a', partitions: 1, cleanup: 'delete' }]);
    await opened.log.append([record('a', 0, '0')]);
    opened.clock.aheadMs = -60_000;
    await opened.log.append([record('a', 0, '1')]);
    const [first, second] = await opened.log.read('a', 0, 0, 2);
    expect(second?.appendedAtMs).toBe(first?.appendedAtMs);
    await opened.close();
  });

  it('says so when retention took what comes next, without a seek', async () => {
    const opened = embeddedLog(':memory:');
    await opened.log.declare([{ name: 'a', partitions: 1, cleanup: 'delete', retentionMs: 3_600_000 }]);
    await opened.log.append([record('a', 0, '0'), record('a', 0, '1')]);
    const { assignments } = opened.log.consumer({ group: 'g', topics: ['a'] });
    const mine = await new Promise<Assignment>((resolve) => assignments.subscribe(resolve));
    expect(texts(await mine.poll({ maxRecords: 1, waitMs: 0 }))).toEqual(['0']);
    opened.clock.aheadMs += 7_200_000;
    await opened.log.sweep(opened.clock.now());
    await opened.log.append([record('a', 0, 'behind the gap')]);
    await expect(next(mine)).rejects.toMatchObject({ code: 'offset-range' });
    await opened.close();
  });

  it('returns large records a few at a time', async () => {
    const opened = embeddedLog(':memory:');
    await opened.log.declare([{ name: 'a', partitions: 1, cleanup: 'delete' }]);
    for (let index = 0; index < 100; index++) await opened.log.append([record('a', 0, `${index}`.padEnd(400_000))]);
    const consumer = opened.log.consumer({ group: 'g', topics: ['a'] });
    const sizes: number[] = [];
    await new Promise<void>((resolve) => {
      consumer.assignments.subscribe(async (mine) => {
        for (let read = 0; read < 100; read += sizes.at(-1) ?? 0) sizes.push((await next(mine)).length);
        resolve();
      });
    });
    expect(sizes.length).toBeGreaterThan(1);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(100);
    await opened.close();
  });
});
