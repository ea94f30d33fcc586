import type { SourceItem } from '../../ports/source.ts';

export interface Ids {
  readonly streamId: string;
  readonly channelId: string;
}

export interface Foreign {
  readonly what: string;
  readonly todo: string;
}

/** What to say of an event that is another broadcast's or another channel's than its source's; undefined of its own. */
export function foreignIds(item: SourceItem, ids: Ids, areConfigured: boolean): Foreign | undefined {
  if (item.kind !== 'native') return undefined;
  const { streamId = ids.streamId, channelId = ids.channelId } = item.event;
  const own = areConfigured ? 'this source' : 'the first event';
  if (streamId !== ids.streamId) {
    const [theirs, ours] = [JSON.stringify(streamId), JSON.stringify(ids.streamId)];
    return {
      what: `an event has the streamId ${theirs}, and ${own} has ${ours}: such events are ignored`,
      todo: areConfigured
        ? `give the source the streamId ${theirs}, or each broadcast a source of its own`
        : 'give the events of each broadcast to a live of its own, or configure them as sources of run',
    };
  }
  if (channelId === ids.channelId) return undefined;
  const [theirs, ours] = [JSON.stringify(channelId), JSON.stringify(ids.channelId)];
  return {
    what: `an event has the channelId ${theirs}, and ${own} has ${ours}: no clip may come of such events`,
    todo: areConfigured ? `give the source the channelId ${theirs}` : 'give all events of a broadcast one channelId',
  };
}
