import { defer, ignoreElements } from 'rxjs';
import { type CliptideError, type ErrorCode, toCliptideError } from '../../domain/errors.ts';
import { startMember } from '../../runtime/membership.ts';
import type { EndedBroadcast } from './catalogue.ts';
import { backfillGroup } from './group.ts';
import type { BackfillNode } from './node.ts';
import { type Replayed, type ReplayParts, replayBroadcast } from './replay.ts';
import type { RunState } from './runstate.ts';

/** One broadcast that cannot be replayed does not keep the others from it. */
const ownFaults: ReadonlySet<ErrorCode> = new Set(['corrupt', 'offset-range', 'media-gone']);
const lookEveryMs = 500;

export interface ShareParts {
  readonly node: BackfillNode;
  readonly replay: ReplayParts;
  readonly state: RunState;
  readonly broadcasts: readonly EndedBroadcast[];
  readonly onBegin: (broadcast: EndedBroadcast) => void;
  readonly onRead: (events: number) => void;
  readonly onDone: (broadcast: EndedBroadcast, replayed: Replayed, wallMs: number) => Promise<void>;
  readonly onFault: (broadcast: EndedBroadcast, fault: CliptideError) => Promise<void>;
}

/**
 * Replays the broadcasts that are not done, partition beside partition, those of one partition one after the other;
 * other processes with the same run take a part of the partitions. Resolves, with those that could not be replayed,
 * when every other one is done, by whomever.
 */
export async function shareOut(parts: ShareParts, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const { node, state, broadcasts } = parts;
  const { deps } = node;
  const faults = new Set<string>();
  // As long as the group's name begins so, rights on it can be given by that beginning.
  const member = startMember(
    { name: 'replay', inputs: ['streams.ended'] },
    { ...deps, run: `${backfillGroup}${deps.run}` },
    (assignment, stopping) => {
      const until = AbortSignal.any([assignment.lost, stopping, signal]);
      const own = broadcasts.filter(
        ({ channelId }) => deps.log.partitionOf('streams.ended', channelId) === assignment.partition,
      );
      return defer(() => replayEach(own, parts, faults, until)).pipe(ignoreElements());
    },
  );
  const isOver = (): boolean => broadcasts.every(({ streamId }) => state.isDone(streamId) || faults.has(streamId));
  const waiting = async (): Promise<void> => {
    while (!isOver()) {
      await deps.clock.sleep(lookEveryMs, signal);
      if (!isOver()) await state.refresh();
    }
  };
  try {
    await Promise.race([waiting(), member.done]);
  } finally {
    await member.stop();
  }
  signal.throwIfAborted();
  return faults;
}

async function replayEach(
  broadcasts: readonly EndedBroadcast[],
  parts: ShareParts,
  faults: Set<string>,
  until: AbortSignal,
): Promise<void> {
  // What was done before this process was given the partition.
  await parts.state.refresh();
  for (const broadcast of broadcasts) {
    const { streamId, source } = broadcast;
    if (until.aborted) return;
    if (source === undefined || parts.state.isDone(streamId)) continue;
    try {
      await replayOne(broadcast, source, parts, until);
    } catch (error) {
      if (until.aborted) return;
      const fault = toCliptideError(error);
      if (!ownFaults.has(fault.code)) throw error;
      faults.add(streamId);
      await parts.onFault(broadcast, fault);
    }
  }
}

async function replayOne(
  broadcast: EndedBroadcast,
  source: NonNullable<EndedBroadcast['source']>,
  { state, replay, onBegin, onRead, onDone }: ShareParts,
  until: AbortSignal,
): Promise<void> {
  const startedAtMs = replay.deps.clock.now();
  onBegin(broadcast);
  const replayed = await replayBroadcast(broadcast, source, replay, until, onRead);
  await state.broadcastDone(broadcast.streamId);
  await onDone(broadcast, replayed, replay.deps.clock.now() - startedAtMs);
}
