import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { avroEventsFiles } from '../../src/adapters/avro/eventsfile.ts';
import { loadSchemas } from '../../src/adapters/avro/schemas.ts';
import { openClipStore } from '../../src/adapters/embedded/clipstore.ts';
import { systemClock } from '../../src/adapters/embedded/clock.ts';
import { openEventsStore } from '../../src/adapters/embedded/eventsstore.ts';
import { openLedger } from '../../src/adapters/embedded/ledger.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { EventsFiles, FiledRecord } from '../../src/ports/eventsfile.ts';
import type { EventsStore } from '../../src/ports/eventsstore.ts';
import type { QuotaLedger } from '../../src/ports/ledger.ts';

export interface TestKept {
  readonly files: EventsFiles;
  readonly store: EventsStore;
  readonly ledger: QuotaLedger;
  close(): Promise<void>;
}

/** Kept events in a folder, under a budget. */
export async function keptIn(folder: string, capBytes = 1e9, clock: Clock = systemClock): Promise<TestKept> {
  mkdirSync(folder, { recursive: true });
  const ledger = await openLedger({ path: join(folder, 'ledger.db'), clock, uptime: () => clock.now() });
  await ledger.setCap('events', capBytes);
  const clips = join(folder, 'clips');
  const options = { ledger, scope: 'events', workFolder: join(folder, 'keeping'), folder: clips, floorBytes: 0 };
  const store = await openEventsStore({ ...options, store: await openClipStore(clips) });
  return { files: avroEventsFiles(loadSchemas()), store, ledger, close: () => ledger.close() };
}

export async function filedIn({ files, store }: TestKept, key: string): Promise<FiledRecord[]> {
  const records: FiledRecord[] = [];
  for await (const batch of files.read(await store.open(key))) records.push(...batch);
  return records;
}
