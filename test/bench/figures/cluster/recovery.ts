import { ended, liveEvent } from '../../../support/chatstream.ts';
import { wideChat } from '../../busychat.ts';
import { type Figure, type Row, seconds } from '../../figure.ts';
import { type Cluster, inStreams, onServices, produce, startScoring, takenIn, until } from './services.ts';

const sizes = [1_000, 10_000];

/** How long a member that takes over takes until it processes again, beside as many streams that have ended. */
export const recovery: Figure = {
  name: 'recovery',
  measure: async () => {
    const rows: Row[] = [];
    for (const streams of sizes) {
      rows.push(...(await onServices(`Recovery of ${streams} streams`, 1, (cluster) => recover(cluster, streams))));
    }
    return rows;
  },
};

async function recover({ topology, deps }: Cluster, streams: number): Promise<readonly Row[]> {
  // Some messages of each, and then one more after the restart.
  const chat = wideChat(0, 60, 1);
  const whole = await produce(deps, inStreams([...chat, liveEvent('end', 61, ended())], streams, 'over'));
  const open = await produce(deps, inStreams(chat, streams, 'live'));
  const stage = startScoring(deps);
  await until(() => takenIn(stage) >= whole + open, stage);
  await stage.stop();
  const { start, end } = await deps.log.bounds('score.changelog', 0);
  await produce(deps, inStreams(wideChat(61, 62, 1), 1, 'live'));

  const successor = await topology.join('successor');
  const begun = performance.now();
  const next = startScoring(successor);
  await until(() => takenIn(next) > whole + open, next, 1);
  const took = performance.now() - begun;
  await next.stop();
  return [
    {
      what: `Recovery of ${streams.toLocaleString('en')} live streams on one member, to the first processed event`,
      value: seconds(took),
      baseline: `joining the group included; ${(end - start).toLocaleString('en')} changelog records, those of ${streams.toLocaleString('en')} ended streams among them`,
      ...(streams === sizes[0] ? { aim: 'at most 5 s' } : {}),
    },
  ];
}
