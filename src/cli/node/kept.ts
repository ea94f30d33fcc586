import { join } from 'node:path';
import { avroEventsFiles } from '../../adapters/avro/eventsfile.ts';
import { loadSchemas } from '../../adapters/avro/schemas.ts';
import { openClipStore } from '../../adapters/embedded/clipstore.ts';
import { openEventsStore } from '../../adapters/embedded/eventsstore.ts';
import type { Config } from '../../config/config.ts';
import { sharesOf } from '../../domain/budgets.ts';
import { eventsScope } from '../../domain/scopes.ts';
import type { KeptEvents } from '../../pipeline.ts';
import { measureClips, reservedBytes } from './budget.ts';
import type { NodeLedger } from './ledger.ts';
import { clipsFolder } from './media.ts';

/** The files of ended broadcasts' events, in the clip store and under their own share of the data folder's cap. */
export async function openKept(
  { config, folder }: { readonly config: Config; readonly folder: string },
  quota: NodeLedger,
  nodeId: string,
): Promise<KeptEvents> {
  const { capBytes, cacheCapBytes, freeSpaceFloorBytes: floorBytes } = config.data;
  const { ledger } = quota;
  await ledger.setCap(eventsScope, sharesOf(capBytes, cacheCapBytes).events);
  const clips = clipsFolder(config, folder);
  measureClips(quota.reconciler, clips);
  const store = await openEventsStore({
    store: await openClipStore(clips),
    ledger,
    scope: eventsScope,
    workFolder: join(folder, 'keeping'),
    folder: clips,
    floorBytes,
    reserved: () => reservedBytes(ledger, nodeId),
  });
  return { files: avroEventsFiles(loadSchemas()), store };
}
