import { stableId } from '../domain/ids.ts';
import type { LiveEvent } from '../domain/records.gen.ts';
import { subscriptions, viewerCounts } from './audience.ts';
import { gatherCrowd } from './crowd.ts';
import { raidWave, spamBurst } from './disturbance.ts';
import { type Draft, endsAt, starts } from './events.ts';
import { CHANNEL_ID, DURATION_SEC, MOMENTS, RAID_SEC, SPAM_SEC, STREAM_ID, ZERO_AT_MS } from './plan.ts';
import { seeded } from './random.ts';
import { reaction } from './reaction.ts';
import { ordinaryTalk } from './talk.ts';

/** The made broadcast as data. Seconds count from its zero. */
export interface DemoScript {
  readonly streamId: string;
  readonly channelId: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly zeroAtMs: number;
  readonly durationSec: number;
  readonly moments: readonly number[];
  readonly raidSec: number;
  readonly spamSec: number;
  /** Records of `live.analytics` in time order; the first is the start, the last the end. */
  readonly events: readonly LiveEvent[];
}

/** The script of a seed: the same seed always gives the same events with the same ids. */
export function demoScript(seed: number): DemoScript {
  const chance = seeded(seed);
  const crowd = gatherCrowd(chance);
  const drafts: Draft[] = [
    ...ordinaryTalk(chance, crowd.regulars),
    ...MOMENTS.flatMap((moment) => reaction(chance, moment, crowd.regulars)),
    ...raidWave(chance, crowd),
    ...spamBurst(chance, crowd),
    ...viewerCounts(chance),
    ...subscriptions(chance, crowd),
  ];
  drafts.sort((a, b) => a.atMs - b.atMs);
  const all = [starts('Demo', 'A broadcast made by Cliptide'), ...drafts, endsAt(DURATION_SEC, drafts.length)];
  return {
    streamId: STREAM_ID,
    channelId: CHANNEL_ID,
    zeroAtMs: ZERO_AT_MS,
    durationSec: DURATION_SEC,
    moments: MOMENTS,
    raidSec: RAID_SEC,
    spamSec: SPAM_SEC,
    events: all.map((draft, index) => ({ eventId: stableId('demo-event', seed, index), ...draft })),
  };
}
