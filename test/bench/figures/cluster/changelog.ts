import type { LogRecord } from '../../../../src/ports/eventlog.ts';
import { ofSlotKey } from '../../../../src/runtime/snapshots.ts';
import type { StatefulDependencies } from '../../../../src/runtime/stateful.ts';
import { liveEvent, started } from '../../../support/chatstream.ts';
import { wideChat } from '../../busychat.ts';
import type { Figure, Row } from '../../figure.ts';
import { inPace } from './pace.ts';
import { type Cluster, inStreams, onServices, produce, startScoring, takenIn, until } from './services.ts';

const topic = 'score.changelog';
const busy = { streams: 300, perSecond: 10, before: 360, lasts: 60 };
const long = { streams: 10, perSecond: 10, lasts: 3_600 };

/** What busy streams write into the changelog while they are live, and how large a snapshot of one gets. */
export const changelog: Figure = {
  name: 'changelog',
  measure: async () => [
    ...(await onServices(`Changelog of ${busy.streams} busy streams`, 1, written)),
    ...(await onServices('Snapshot of a live stream', 1, sizes)),
  ],
};

async function written({ deps }: Cluster): Promise<readonly Row[]> {
  const { streams, perSecond, before, lasts } = busy;
  const earlier = [liveEvent('start', 0, started), ...wideChat(0, before, perSecond / 2)];
  const past = await produce(deps, inStreams(earlier, streams));
  const stage = startScoring(deps);
  await until(() => takenIn(stage) >= past, stage);
  const counted = countAppends(deps);
  const chat = [...inStreams(wideChat(before, before + lasts, perSecond), streams)].sort((a, b) => a.atMs - b.atMs);
  await inPace(deps, chat, { zeroMs: chat[0]?.atMs ?? 0 });
  await until(() => takenIn(stage) >= past + chat.length, stage);
  const { records, bytes } = counted;
  await stage.stop();
  return [
    {
      what: `Changelog of ${streams} busy streams, ${perSecond} messages a second each, while they are live`,
      value: `${(bytes / lasts / 1e6).toFixed(2)} MB/s`,
      baseline: `${records.toLocaleString('en')} records in ${lasts} s`,
      aim: 'at most 2 MB/s',
    },
  ];
}

/** What goes into the changelog from now on. It cannot be read from there: compaction takes it away meanwhile. */
function countAppends({ log }: StatefulDependencies): { records: number; bytes: number } {
  const counted = { records: 0, bytes: 0 };
  const append = log.append.bind(log);
  log.append = (appended) => {
    for (const { topic: of, key, value } of appended) {
      if (of !== topic) continue;
      counted.records += 1;
      counted.bytes += key.length + (value?.length ?? 0);
    }
    return append(appended);
  };
  return counted;
}

async function sizes({ deps }: Cluster): Promise<readonly Row[]> {
  const { streams, perSecond, lasts } = long;
  const chat = [liveEvent('start', 0, started), ...wideChat(0, lasts, perSecond)];
  const count = await produce(deps, inStreams(chat, streams));
  const stage = startScoring(deps);
  await until(() => takenIn(stage) >= count, stage);
  await stage.stop();
  const found = snapshotSizes(await recordsOf(deps));
  const kibibytes = (size: number | undefined): string => `${((size ?? 0) / 1_024).toFixed(1)} KiB`;
  return [
    {
      what: `Snapshot of a live stream with a vocabulary like that of real chat, median and largest`,
      value: `${kibibytes(found[Math.floor(found.length / 2)])}, ${kibibytes(found.at(-1))}`,
      baseline: `${found.length} snapshots of ${streams} streams within their first ${lasts / 60} minutes, ${perSecond} messages a second each`,
      aim: 'at most 32 KiB',
    },
  ];
}

/** In bytes, from the smallest on. */
function snapshotSizes(records: readonly LogRecord[]): readonly number[] {
  const ofStreams = records.filter(({ key, value }) => value !== null && ofSlotKey(key).key.startsWith('stream-'));
  return ofStreams.map(({ value }) => value?.length ?? 0).sort((a, b) => a - b);
}

async function recordsOf({ log }: StatefulDependencies): Promise<readonly LogRecord[]> {
  const records: LogRecord[] = [];
  const { start, end } = await log.bounds(topic, 0);
  for (let at = start; at < end; ) {
    const read = await log.read(topic, 0, at, 1_000);
    if (read.length === 0) break;
    for (const record of read) records.push(record);
    at = (read.at(-1)?.offset ?? at) + 1;
  }
  return records;
}
