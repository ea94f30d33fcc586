import type { LogRecord } from '../../../../src/ports/eventlog.ts';
import { ofSlotKey } from '../../../../src/runtime/snapshots.ts';
import type { StatefulDependencies } from '../../../../src/runtime/stateful.ts';
import { chatOf, liveEvent, started } from '../../../support/chatstream.ts';
import type { Figure, Row } from '../../figure.ts';
import { inPace } from './pace.ts';
import { inStreams, onServices, produce, startScoring, takenIn, until } from './services.ts';

const topic = 'score.changelog';
const streams = 300;
const perSecond = 10;
const before = { seconds: 1_200, perSecond: 1 };
const lasts = 60;

/** What 300 busy streams write into the changelog while they are live, and how large a snapshot of one is. */
export const changelog: Figure = {
  name: 'changelog',
  measure: () =>
    onServices(`Changelog of ${streams} busy streams`, 1, async ({ deps }) => {
      // A broadcast that has been on air for a while has more to keep than one that begins.
      const earlier = [liveEvent('start', 0, started), ...chatOf({ ...before, moments: [600] })];
      const past = await produce(deps, inStreams(earlier, streams));
      const stage = startScoring(deps);
      await until(() => takenIn(stage) >= past, stage);
      const { end } = await deps.log.bounds(topic, 0);
      const chat = chatOf({ seconds: lasts, perSecond, moments: [30], seed: 2 }).map((event) => ({
        ...event,
        eventId: `now-${event.eventId}`,
        atMs: event.atMs + before.seconds * 1_000,
      }));
      await inPace(deps, [...inStreams(chat, streams)], { zeroMs: chat[0]?.atMs ?? 0 });
      await until(() => takenIn(stage) >= past + chat.length * streams, stage);
      const written = await recordsFrom(deps, end);
      await stage.stop();
      return rowsOf(written, await recordsFrom(deps, 0));
    }),
};

function rowsOf(written: readonly LogRecord[], all: readonly LogRecord[]): readonly Row[] {
  const bytes = written.reduce((sum, { key, value }) => sum + key.length + (value?.length ?? 0), 0);
  const sizes = snapshotSizes(all);
  const kibibytes = (size: number | undefined): string => `${((size ?? 0) / 1_024).toFixed(1)} KiB`;
  return [
    {
      what: `Changelog of ${streams} busy streams, ${perSecond} messages a second each, while they are live`,
      value: `${(bytes / lasts / 1e6).toFixed(2)} MB/s`,
      baseline: `${written.length.toLocaleString('en')} records in ${lasts} s`,
      aim: 'at most 2 MB/s',
    },
    {
      what: 'Snapshot of a live stream, median and largest',
      value: `${kibibytes(sizes[Math.floor(sizes.length / 2)])}, ${kibibytes(sizes.at(-1))}`,
      baseline: `${sizes.length} streams, ${(before.seconds + lasts) / 60} minutes on air`,
      aim: 'at most 32 KiB',
    },
  ];
}

/** In bytes, from the smallest on; of each stream its newest. */
function snapshotSizes(records: readonly LogRecord[]): readonly number[] {
  const sizes = new Map<string, number>();
  for (const { key, value } of records) {
    const { key: stream } = ofSlotKey(key);
    if (value !== null && stream.startsWith('stream-')) sizes.set(stream, value.length);
  }
  return [...sizes.values()].sort((a, b) => a - b);
}

async function recordsFrom({ log }: StatefulDependencies, from: number): Promise<readonly LogRecord[]> {
  const records: LogRecord[] = [];
  const { end } = await log.bounds(topic, 0);
  for (let at = from; at < end; ) {
    const read = await log.read(topic, 0, at, 1_000);
    if (read.length === 0) break;
    for (const record of read) records.push(record);
    at = (read.at(-1)?.offset ?? at) + 1;
  }
  return records;
}
