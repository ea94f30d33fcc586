import { expect, test } from 'vitest';
import { CliptideError } from '../../src/domain/errors.ts';
import type { ArchiveEvent } from '../../src/domain/records.gen.ts';
import type { EventLog } from '../../src/ports/eventlog.ts';
import { ingestArchive } from '../../src/stages/ingest/stage.ts';
import { archiveEvents } from '../support/livemoments.ts';
import { withLog } from '../support/scoredlog.ts';

const batches = archiveEvents('http://origin', 20).map(({ record }) => [record as ArchiveEvent]);

/** Ingests an archive into a log whose disk is full for the first so many appends; gives what came of it. */
function intoFullLog(times: number, waitsForSpace: boolean) {
  const stopping = new AbortController();
  return withLog(undefined, 1, async (deps) => {
    let tries = 0;
    const append: EventLog['append'] = async (records) => {
      tries += 1;
      if (tries === 3 && times === Number.POSITIVE_INFINITY) stopping.abort(new Error('told to stop'));
      if (tries <= times) throw new CliptideError('space', 'the disk is full');
      return deps.log.append(records);
    };
    const log = new Proxy(deps.log, {
      get: (whole, name) => {
        const part = Reflect.get(whole, name);
        return name === 'append' ? append : typeof part === 'function' ? part.bind(whole) : part;
      },
    });
    const events = (async function* () {
      yield* batches;
    })();
    const ingest = { ...deps, log, pseudonym: (user: string) => user, waitsForSpace };
    const error = await ingestArchive(events, ingest, stopping.signal).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return { error, tries, end: (await deps.log.bounds('archive.events', 0)).end };
  });
}

test('promise 15: what is taken in waits for a log whose disk is full, in its order and each once', async () => {
  expect(await intoFullLog(2, true)).toEqual({ error: undefined, tries: batches.length + 2, end: batches.length });
});

test('what is asked for once fails instead', async () => {
  expect(await intoFullLog(1, false)).toMatchObject({ error: { code: 'space' }, tries: 1, end: 0 });
});

test('a stop ends the wait with its own reason, and nothing that follows is taken in', async () => {
  const { error, tries, end } = await intoFullLog(Number.POSITIVE_INFINITY, true);
  expect({ error, tries, end }).toEqual({ error: new Error('told to stop'), tries: 3, end: 0 });
});
