import { readFileSync } from 'node:fs';
import type { LiveEvent } from '../../../../src/domain/records.gen.ts';
import { type Body, chatOf, liveEvent, started } from '../../../support/chatstream.ts';
import { type Figure, type Row, perSecond as rate, seconds } from '../../figure.ts';
import { type Cluster, inStreams, onServices, produce } from './services.ts';

/** Streams at a time, and the messages of each in a second. */
const loads = [
  { streams: 1_000, perSecond: 20, lasts: 30 },
  { streams: 10_000, perSecond: 2, lasts: 30 },
] as const;

/** Many broadcasts at once in one process of the role `score`: how fast it takes their events in, and its memory. */
export const streams: Figure = {
  name: 'streams',
  measure: async () => {
    const rows: Row[] = [];
    for (const load of loads) {
      const what = `${load.streams.toLocaleString('en')} streams in one process`;
      rows.push(...(await onServices(what, 1, (cluster) => take(cluster, load))));
    }
    return rows;
  },
};

/** What there is besides chat: viewers, support, markers and a raid. */
function signals(lasts: number): readonly LiveEvent[] {
  const every = (gap: number, name: string, body: (n: number) => Body): LiveEvent[] =>
    Array.from({ length: Math.floor(lasts / gap) }, (_, n) => liveEvent(`${name}-${n}`, (n + 0.5) * gap, body(n)));
  const paid = { type: 'gift', count: 1, amountMicros: 5_000_000, currency: 'EUR' };
  return [
    ...every(5, 'viewers', (n) => ({ kind: 'viewers', source: 'viewers', viewers: { count: 5_000 + n } })),
    ...every(6, 'support', (n) => ({ kind: 'support', support: { userId: `u${n}`, ...paid } })),
    ...every(15, 'marker', (n) => ({ kind: 'marker', marker: { userId: `u${n}`, note: '', trusted: n % 2 === 0 } })),
    ...every(30, 'raid', () => ({ kind: 'raid', raid: { fromChannel: 'friends', viewers: 300 } })),
  ];
}

async function take({ topology, deps }: Cluster, load: (typeof loads)[number]): Promise<readonly Row[]> {
  const { streams: count, perSecond, lasts } = load;
  const said = chatOf({ seconds: lasts, perSecond, moments: [] });
  const one = [liveEvent('start', 0, started), ...said, ...signals(lasts)].sort((a, b) => a.atMs - b.atMs);
  const events = one.length * count;
  const scorer = topology.start('scorer', { stage: 'score', saysRead: events });
  await scorer.owns();
  const empty = peakBytes(scorer.pid);
  const begun = performance.now();
  await produce(deps, inStreams(one, count));
  const produced = performance.now() - begun;
  await scorer.says((lines) => lines.includes('read'));
  const took = performance.now() - begun;
  const perStream = (peakBytes(scorer.pid) - empty) / count / 1_024;
  await scorer.end('SIGTERM');
  return [
    {
      what: `${count.toLocaleString('en')} streams at once in one process, ${events.toLocaleString('en')} events of every kind, while another process writes them in ${seconds(produced)}`,
      value: rate(events, took),
      baseline: `${(count * perSecond).toLocaleString('en')} /s is what they say when they are live`,
      ratio: `${(events / (took / 1_000) / (count * perSecond)).toFixed(1)} of that`,
      ...(count === 1_000 ? { aim: 'at least 20,000 /s' } : {}),
    },
    {
      what: `memory of ${count.toLocaleString('en')} streams, a stream`,
      value: `${perStream.toFixed(0)} KiB`,
      baseline: `the process without any: ${Math.round(empty / 2 ** 20)} MiB; what it had fetched is counted too`,
    },
  ];
}

const peakBytes = (pid: number): number =>
  1_024 * Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
