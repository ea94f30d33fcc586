import { join } from 'node:path';
import { pinoLogger } from '../../src/adapters/logging/pino.ts';
import { openResults } from '../../src/cli/node/results.ts';
import { openStorage } from '../../src/cli/node/storage.ts';
import { noLimits } from '../../src/domain/budgets.ts';
import type { ChannelSettings, LiveEvent } from '../../src/domain/records.gen.ts';
import { startPipeline } from '../../src/pipeline.ts';
import { whenIdle } from '../../src/runtime/idle.ts';
import { Lifecycle } from '../../src/runtime/lifecycle.ts';
import { toAppend } from '../../src/runtime/records.ts';
import { ShiftedClock } from './embeddedlog.ts';
import { keptIn } from './keptevents.ts';
import { madeChat, madeZeroMs } from './madechat.ts';
import { appendLive } from './scoredlog.ts';

const logger = pinoLogger({ level: 'error' });
export const hourMs = 3_600_000;

/** A broadcast of ten minutes that began so many hours after `madeZeroMs`. */
export function hourly(streamId: string, hour: number, channelId = `channel-of-${streamId}`): LiveEvent[] {
  const chat = madeChat({ seed: hour + 11, streamId, seconds: 600, messagesPerSecond: 4, burstEverySec: 130 });
  return chat.map((event) => ({ ...event, channelId, atMs: event.atMs + hour * hourMs }));
}

/** Settings of a channel from an hour on. */
export const wished = (channelId: string, hour: number, highlightsPerHour: number): ChannelSettings => ({
  ...noLimits,
  channelId,
  effectiveAtMs: madeZeroMs + hour * hourMs,
  highlightsPerHour,
  latenessMs: 2_000,
  category: '',
  scorerVersion: '',
  hold: 'online',
  top: 0,
  presets: [],
});

/** A data folder in which these broadcasts were on air, with log, results and kept events, and no process any more. */
export async function withBroadcasts(
  folder: string,
  broadcasts: readonly { readonly settings?: ChannelSettings; readonly events: readonly LiveEvent[] }[],
): Promise<void> {
  const kept = await keptIn(folder);
  const lifecycle = new Lifecycle(logger);
  try {
    const deps = await openStorage({ folder, partitions: 4, logger }, lifecycle);
    const { results } = await openResults({ folder, retentionHours: {}, capBytes: 1e9, clock: deps.clock }, lifecycle);
    const never = (): never => {
      throw new Error('neither media nor webhooks are part of this');
    };
    // Half a minute later: an archive that is not known by then is not waited for.
    const clock = new ShiftedClock();
    clock.aheadMs = 30_000;
    const parts = { clock, results: () => results, kept: () => kept, media: never, notifier: never };
    const stages = startPipeline(['score', 'conduct', 'record', 'keep'], {
      ...deps,
      ...parts,
      defaultPresets: ['source'],
    });
    await lifecycle.start('stages', () => ({ value: stages, stop: () => stages.stop() }));
    for (const { settings, events } of broadcasts) {
      if (settings !== undefined) {
        const key = settings.channelId;
        await deps.log.append([toAppend(deps.codec, { topic: 'channel.settings', key, record: settings })]);
      }
      await appendLive(deps, events);
      await Promise.race([whenIdle(stages.progress, deps, AbortSignal.timeout(60_000)), stages.done]);
    }
  } finally {
    await lifecycle.stop(10_000);
    await kept.close();
  }
}

export const eventsFolderOf = (folder: string): string => join(folder, 'clips', 'events');
