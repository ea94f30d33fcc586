import { systemClock } from '../../src/adapters/embedded/clock.ts';
import { watchArchive } from '../../src/adapters/hls/watch.ts';
import type { ArchiveView } from '../../src/domain/mediaclock.ts';
import type { Fetcher } from '../../src/ports/fetcher.ts';
import { quiet } from './mediacaches.ts';

/** The archive that a playlist describes, as ingest and the archive table would know it. */
export async function archiveAt(uri: string, fetcher: Fetcher): Promise<ArchiveView> {
  const ids = { streamId: 'stream', channelId: 'channel' };
  const where = { clock: 'offset', zeroAtMs: 0, offsetMs: 0, live: false } as const;
  const events = [];
  for await (const batch of watchArchive({ uri, ...ids, ...where, fetcher, time: systemClock, logger: quiet })) {
    events.push(...batch);
  }
  const opened = events[0]?.opened;
  if (!opened) throw new Error('not opened');
  const sound = events.flatMap((event) => event.sound ?? []);
  const segments = events.flatMap(({ segment }) => segment ?? []);
  return { ...ids, opened, segments, ended: true, ...(sound.length === 0 ? {} : { sound }) };
}
