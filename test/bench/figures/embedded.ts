import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pinoLogger } from '../../../src/adapters/logging/pino.ts';
import { openStorage } from '../../../src/cli/node/storage.ts';
import { firstRecord } from '../../../src/cli/node/watch.ts';
import type { LiveEvent } from '../../../src/domain/records.gen.ts';
import { Lifecycle } from '../../../src/runtime/lifecycle.ts';
import { startStateful } from '../../../src/runtime/stateful.ts';
import { scoreStage } from '../../../src/stages/score/stage.ts';
import { busyChat } from '../busychat.ts';
import { duration, type Figure, perSecond, times } from '../figure.ts';

const batch = 1000;

/** The whole path over one SQLite file, against a bare loop that reads the rows of that file. */
export const embedded: Figure = {
  name: 'embedded',
  measure: async (folder) => {
    const events = busyChat(7200, 30);
    const path = await duration(() => runThrough(events, folder));
    let rows = 0;
    const loop = await duration(() => {
      rows = readAll(join(folder, 'log.db'));
    });
    return [
      {
        what: 'Embedded path (encode, append, read, decode, score, snapshot, commit), events',
        value: perSecond(events.length, path),
        baseline: `a bare loop over all ${rows.toLocaleString('en')} rows of the same log: ${perSecond(rows, loop)}`,
        ratio: `${times(path, loop)} the time`,
      },
    ];
  },
};

async function runThrough(events: readonly LiveEvent[], folder: string): Promise<void> {
  const logger = pinoLogger({ level: 'warn' });
  const lifecycle = new Lifecycle(logger);
  const deps = await openStorage({ folder, partitions: 1, logger }, lifecycle);
  const stage = startStateful(scoreStage({ run: deps.run }), deps);
  await lifecycle.start('score', () => ({ value: stage, stop: () => stage.stop() }));
  const topic = 'live.analytics';
  for (let at = 0; at < events.length; at += batch) {
    const encoded = events.slice(at, at + batch).map((event) => ({
      topic,
      key: event.channelId,
      value: deps.codec.encode(topic, event),
    }));
    await deps.log.append(encoded);
  }
  const channelId = events[0]?.channelId ?? '';
  await firstRecord(deps, 'highlights.ranked', channelId, () => true, new AbortController().signal);
  await lifecycle.stop(30_000);
}

function readAll(file: string): number {
  const db = new DatabaseSync(file, { readOnly: true });
  const tables = db
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'log\\_%' ESCAPE '\\'")
    .all();
  let rows = 0;
  for (const { name } of tables) {
    for (const row of db
      .prepare(`SELECT offset, at, key, headers, value FROM ${String(name)} ORDER BY offset`)
      .iterate())
      if (row.offset !== null) rows++;
  }
  db.close();
  return rows;
}
