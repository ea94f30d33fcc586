import type { SourceItem } from '../../ports/source.ts';
import type { Output } from '../../runtime/stage.ts';
import type { Broadcast } from './broadcast.ts';

/** A source record that could not be used, kept with the reason and its place in the source. */
export function damagedItem(
  item: Extract<SourceItem, { kind: 'damaged' }>,
  broadcast: Pick<Broadcast, 'streamId' | 'channelId'>,
  nowMs: number,
): Output {
  return {
    topic: 'ingest.dead',
    key: broadcast.channelId,
    record: {
      stage: 'ingest',
      topic: broadcast.streamId,
      partition: -1,
      offset: item.position,
      key: '',
      headers: {},
      code: 'damaged',
      reason: item.reason,
      value: Buffer.from(item.raw),
      valueBytes: item.rawBytes,
      streamId: broadcast.streamId,
      atMs: nowMs,
    },
  };
}
