import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, it } from 'vitest';
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
