import { type StatefulDependencies, startStateful } from '../../src/runtime/stateful.ts';
import { scoreStage } from '../../src/stages/score/stage.ts';

/** Runs the score stage until its group has read everything, then stops it cleanly. */
export async function scoreToTheEnd(deps: StatefulDependencies): Promise<void> {
  const stage = startStateful(scoreStage({ run: deps.run }), deps);
  await Promise.race([stage.done, readToTheEnd(deps)]);
  await stage.stop();
  await stage.done;
}

async function readToTheEnd(deps: StatefulDependencies): Promise<void> {
  const topics = ['live.analytics', 'channel.settings'] as const;
  let ends = 0;
  for (const topic of topics) {
    for (let partition = 0; partition < deps.log.partitions(topic); partition += 1) {
      ends += (await deps.log.bounds(topic, partition)).end;
    }
  }
  const already = deps.metrics.value('cliptide_stage_records_total', { stage: 'score' });
  const read = (): number => deps.metrics.value('cliptide_stage_records_total', { stage: 'score' }) - already;
  // Recovered records are not read again, so after a restart the count may stay below: then two quiet looks end it.
  let quiet = 0;
  for (let before = -1; read() < ends && quiet < 8; before = read()) {
    quiet = read() === before ? quiet + 1 : 0;
    await deps.clock.sleep(100);
  }
}
