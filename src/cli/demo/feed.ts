import type { DemoBroadcast } from '../../demo/broadcast.ts';
import type { SourceItem } from '../../ports/source.ts';
import type { LiveFeed } from '../live/feed.ts';

/** The made broadcast as any live one is fed in: native events as they fall due, and a playlist. */
export function demoFeed(demo: DemoBroadcast, onEvents: (count: number) => void): LiveFeed {
  return {
    chat: { format: 'cliptide', items: () => items(demo, onEvents) },
    hls: demo.playlistUrl,
    archiveTime: demo.clock,
    name: demo.script.streamId,
    category: '',
    startedAtMs: demo.zeroAtMs,
  };
}

async function* items(demo: DemoBroadcast, onEvents: (count: number) => void): AsyncGenerator<readonly SourceItem[]> {
  let position = 0;
  for await (const events of demo.events()) {
    onEvents(events.length);
    yield events.map((event): SourceItem => {
      position += 1;
      return { kind: 'native', position, event };
    });
  }
}
