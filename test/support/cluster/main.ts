// A process that plays a part in a cluster until SIGTERM; its only argument is a `ChildSpec`. Exits 0 when it has drained,
// 1 when its stage failed.
import type { Running } from '../../../src/runtime/dependencies.ts';
import { type StatefulDependencies, startStateful } from '../../../src/runtime/stateful.ts';
import { startWorker } from '../../../src/runtime/worker.ts';
import { scoreStage } from '../../../src/stages/score/stage.ts';
import { joinCluster } from './join.ts';
import { nextVersion } from './nextversion.ts';
import type { ChildSpec, Part, ScorePart } from './part.ts';
import { rankedStreams } from './ranked.ts';
import { slowRefiner } from './slowrefiner.ts';

const { place, node, part } = JSON.parse(process.argv[2] ?? '') as ChildSpec;
const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const deps = await joinCluster(place, node);
if (part.stage === 'score' && part.atWrite !== undefined) signalAtWrite(deps, part.atWrite);
const running = start(part);
running.done.catch((error: unknown) => {
  say(`failed ${String(error)}`);
  process.exit(1);
});
let owned = 0;
let toRead = part.stage === 'score' ? (part.saysRead ?? 0) : 0;
const look = (): void => {
  const partitions = [...(running.progress[0]?.partitions ?? [])];
  if (partitions.length !== owned) say(`owns ${partitions.length}`);
  owned = partitions.length;
  const read = partitions.reduce((sum, { positions }) => sum + (positions['live.analytics'] ?? 0), 0);
  if (toRead === 0 || read < toRead) return;
  say('read');
  toRead = 0;
};
const looking = setInterval(look, 10);
process.once('SIGTERM', () => void stop());
say('started');
if (part.stage === 'score' && part.untilRanked !== undefined) {
  while ((await rankedStreams(deps, place.partitions)) < part.untilRanked) await deps.clock.sleep(100);
  await stop();
}

function start(playing: Part): Running {
  if (playing.stage === 'refine') return startWorker(slowRefiner(playing, say), deps, playing.concurrency);
  const stage = scoreStage({ run: 'live' });
  return startStateful(playing.isNext === true ? nextVersion(stage) : stage, deps);
}

async function stop(): Promise<void> {
  clearInterval(looking);
  await running.stop();
  await deps.log.close();
}

function signalAtWrite({ log }: StatefulDependencies, { number, to, signal }: NonNullable<ScorePart['atWrite']>): void {
  const append = log.append.bind(log);
  let writes = 0;
  log.append = async (records) => {
    const counts = to === undefined || records.some(({ topic }) => topic === to);
    if (counts) writes += 1;
    const isLast = counts && writes === number;
    // Who is stopped says nothing more.
    if (isLast) look();
    if (isLast && number % 2 === 1) process.kill(process.pid, signal);
    const offsets = await append(records);
    if (isLast && number % 2 === 0) process.kill(process.pid, signal);
    return offsets;
  };
}
