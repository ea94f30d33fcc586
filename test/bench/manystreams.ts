/**
 * Memory of many broadcasts in the scorer alone, without log or stage: `node --expose-gc test/bench/manystreams.ts`. Writes
 * what they hold after a collection, and what the process held before them, in bytes.
 */
import type { LiveEvent } from '../../src/domain/records.gen.ts';
import { defaultModel, weightsOf } from '../../src/domain/scoring/model.ts';
import { SettingsHistory } from '../../src/domain/scoring/settings.ts';
import { Stream } from '../../src/domain/scoring/stream.ts';
import { wideChat } from './busychat.ts';

export const manyStreams = { streams: 10_000, perSecond: 2, seconds: 600 } as const;
/** Different chats; each is said in so many of the streams. */
const chats = 20;
/** The streams go on in turns of so many messages, as they do where batches are fetched. */
const turn = 120;

function heldBytes(): number {
  if (globalThis.gc === undefined) throw new Error('start it with --expose-gc');
  globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function say(stream: Stream, events: readonly LiveEvent[], settings: SettingsHistory): void {
  for (const event of events) {
    stream.take({ event, partition: 0, offset: 0 });
    stream.advance(settings);
  }
}

function measure(): { readonly held: number; readonly empty: number } {
  const { streams, perSecond, seconds } = manyStreams;
  const said = Array.from({ length: chats }, (_, n) => wideChat(n * seconds, (n + 1) * seconds, perSecond));
  const settings = new SettingsHistory();
  const weights = weightsOf(defaultModel);
  const empty = process.memoryUsage().rss;
  const before = heldBytes();
  const all = Array.from({ length: streams }, () => new Stream(weights, 2000));
  for (let from = 0; from < seconds * perSecond; from += turn) {
    for (const [n, stream] of all.entries()) say(stream, said[n % chats]?.slice(from, from + turn) ?? [], settings);
  }
  const held = heldBytes() - before;
  // They are asked once more, so that all of them are still there.
  const processed = all.reduce((sum, { fates }) => sum + fates.processed, 0);
  if (processed === 0) throw new Error('nothing was scored');
  return { held, empty };
}

if (import.meta.main) process.stdout.write(JSON.stringify(measure()));
