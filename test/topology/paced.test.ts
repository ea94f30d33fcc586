import { expect, test } from 'vitest';
import { paced } from '../../src/cli/recording/paced.ts';
import { startStateful } from '../../src/runtime/stateful.ts';
import { scoreStage } from '../../src/stages/score/stage.ts';
import { madeChat } from '../support/madechat.ts';
import { appendLive, withLog } from '../support/scoredlog.ts';

const events = madeChat({ seed: 3, streamId: 'one', seconds: 3_600, messagesPerSecond: 20, burstEverySec: 600 });
const batchSize = 2_000;

test('a recording longer than the log keeps is read by the scorer to its end, and the log stays small', async () => {
  await withLog(undefined, 4, async (deps) => {
    const stage = startStateful(scoreStage({ run: 'live' }), deps);
    const channelId = events[0]?.channelId ?? '';
    async function* batches() {
      for (let from = 0; from < events.length; from += batchSize) {
        await appendLive(deps, events.slice(from, from + batchSize));
        yield [];
      }
    }
    const partition = deps.log.partitionOf('live.analytics', channelId);
    let longest = 0;
    for await (const _ of paced(batches(), deps, channelId)) {
      const { start, end } = await deps.log.bounds('live.analytics', partition);
      longest = Math.max(longest, end - start);
    }
    while (deps.metrics.value('cliptide_stage_records_total', { stage: 'score' }) < events.length)
      await deps.clock.sleep(5);
    await stage.stop();
    await stage.done;
    expect(events.length).toBeGreaterThan(75_000);
    expect(longest).toBeLessThan(66_000);
  });
});
