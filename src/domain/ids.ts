import { createHash } from 'node:crypto';

/** First 32 hexadecimal digits of the SHA-256 of the parts, each with its length in front so that none runs into the next. */
export function stableId(...parts: readonly (string | number)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    const text = String(part);
    hash.update(`${text.length}:${text};`);
  }
  return hash.digest('hex').slice(0, 32);
}

/** Id of a highlight: the same moment found by the same scorer version always gets it. `peakMs` is event time. */
export function highlightId(streamId: string, scorerVersion: string, peakMs: number): string {
  return stableId('highlight', streamId, scorerVersion, Math.floor(peakMs / 1000));
}

/** Id of a clip: rendering twice gives one. */
export function clipId(highlight: string, revision: number, presetHash: string): string {
  return stableId('clip', highlight, revision, presetHash);
}

/** Id of a task; `what` is the kind of work, with the preset for a render. */
export function taskId(highlight: string, revision: number, what: string): string {
  return stableId('task', highlight, revision, what);
}

/** Key in the clip store of a broadcast's events; the beginning of the broadcast's id is in it for people. */
export function eventsKey(streamId: string): string {
  const name = streamId.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 80);
  return `${eventsFolder}/${name === '' ? 'broadcast' : name}-${stableId('events', streamId).slice(0, 16)}.avro`;
}

export const eventsFolder = 'events';

/** Folder of the clip store that holds a channel's clips. */
export const clipFolder = (channelId: string): string => `c-${stableId('channel', channelId).slice(0, 20)}`;
