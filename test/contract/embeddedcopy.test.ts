import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/embedded/clock.ts';
import { EmbeddedEventLog } from '../../src/adapters/embedded/eventlog.ts';
import { openStore } from '../../src/adapters/embedded/store.ts';
import { embeddedLog, temporaryFolder } from '../support/embeddedlog.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a copy of the log that is made while it is appended to is sound, and holds each append whole or not at all', async () => {
  const opened = embeddedLog(join(folder, 'log.db'));
  const { log } = opened;
  await log.declare(['a', 'b'].map((name) => ({ name, partitions: 1, cleanup: 'delete' as const })));
  const value = Buffer.alloc(2_000, 7);
  const append = () => log.append(['a', 'b'].map((topic) => ({ topic, key: 'k', value })));
  for (let count = 0; count < 4_000; count += 1) await append();
  let isOver = false;
  let during = 0;
  const copying = log.copyTo(join(folder, 'copy.db')).finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await append();
    during += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  await copying;
  expect(during).toBeGreaterThan(1);
  await opened.close();

  const db = new DatabaseSync(join(folder, 'copy.db'));
  expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  db.close();
  const copy = embeddedLog(join(folder, 'copy.db'));
  const [a, b] = await copy.log.boundsOf(['a', 'b'].map((topic) => ({ topic, partition: 0 })));
  expect(a).toEqual(b);
  expect(a?.end).toBeGreaterThanOrEqual(4_000);
  expect(await copy.log.read('b', 0, (b?.end ?? 0) - 1, 1)).toHaveLength(1);
  await copy.close();
});

it('a copy that begins while something is being appended is made after that', async () => {
  const store = openStore(join(folder, 'busy.db'));
  const log = new EmbeddedEventLog({ store, clock: systemClock });
  await log.declare([{ name: 'a', partitions: 1, cleanup: 'delete' }]);
  await log.append([{ topic: 'a', key: 'k', value: Buffer.from('before') }]);
  // The copying's first step is taken on another thread, in the middle of this.
  store.db.exec('BEGIN IMMEDIATE');
  const copying = log.copyTo(join(folder, 'after.db'));
  const until = performance.now() + 300;
  while (performance.now() < until);
  store.db.exec('COMMIT');
  await copying;
  await log.close();
  store.close();
  const copy = embeddedLog(join(folder, 'after.db'));
  expect(await copy.log.read('a', 0, 0, 1)).toMatchObject([{ key: 'k' }]);
  await copy.close();
});
