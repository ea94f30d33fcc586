import { join } from 'node:path';
import { avroEventsFiles } from '../../adapters/avro/eventsfile.ts';
import { loadSchemas } from '../../adapters/avro/schemas.ts';
import { openEventsStore } from '../../adapters/embedded/eventsstore.ts';
import { openLedger } from '../../adapters/embedded/ledger.ts';
import type { Config } from '../../config/config.ts';
import { sharesOf } from '../../domain/budgets.ts';
import type { KeptEvents } from '../../pipeline.ts';
import type { QuotaLedger } from '../../ports/ledger.ts';
import type { RuntimeDependencies } from '../../runtime/dependencies.ts';
import type { Lifecycle } from '../../runtime/lifecycle.ts';
import { clipsFolder, openStore } from './clipstore.ts';
import { eventsScope } from './media.ts';

export interface OpenKeptEvents extends KeptEvents {
  readonly ledger: QuotaLedger;
}

/** The files of ended broadcasts' events, in the clip store and under their own share of the data folder's cap. */
export async function openKept(
  { config, folder }: { readonly config: Config; readonly folder: string },
  { clock }: Pick<RuntimeDependencies, 'clock'>,
  lifecycle: Lifecycle,
): Promise<OpenKeptEvents> {
  const { capBytes, cacheCapBytes, freeSpaceFloorBytes: floorBytes } = config.data;
  const ledger = await openLedger({ path: join(folder, 'ledger.db'), clock });
  await lifecycle.start('ledger of kept events', () => ({ value: ledger, stop: () => ledger.close() }));
  await ledger.setCap(eventsScope, sharesOf(capBytes, cacheCapBytes).events);
  const store = await openEventsStore({
    store: await openStore(config, folder, 'write'),
    ledger,
    scope: eventsScope,
    workFolder: join(folder, 'keeping'),
    folder: config.clips.s3 === undefined ? clipsFolder(config, folder) : folder,
    floorBytes,
  });
  return { files: avroEventsFiles(loadSchemas()), store, ledger };
}
