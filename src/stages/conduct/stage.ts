import { stages } from '../../../topology/graph.ts';
import type { JournalEntry } from '../../domain/records.gen.ts';
import type { Input, Output, StageContext, StatefulStage } from '../../runtime/stage.ts';
import { onArchived } from './archived.ts';
import { onCommand } from './commands.ts';
import { onDetected, onRanked, settleRank } from './detected.ts';
import { type DispatchOptions, dispatch, refineTask, renderTasks } from './dispatch.ts';
import { takeEntry, want } from './journal.ts';
import { onRefined, onRendered } from './outcomes.ts';
import { policyOf } from './policy.ts';
import { onTimer, RetryTimers } from './retries.ts';
import {
  type ChannelState,
  type ConductState,
  channelKey,
  createState,
  decodeState,
  encodeState,
  type StreamState,
  stateVersion,
  streamKey,
  type WorkersState,
  workersKey,
} from './state.ts';

type Topic =
  | 'highlights.journal'
  | 'channel.settings'
  | 'operator.commands'
  | 'workers.status'
  | 'timers'
  | 'archive.events'
  | 'highlights.detected'
  | 'highlights.ranked'
  | 'highlights.refined'
  | 'clips.rendered';

type Context = StageContext<ConductState>;

/**
 * The owner of every highlight's life. What it wants it appends to `highlights.journal`, and acts only on what it reads
 * back: the first entry for a revision wins, so that a crash, a replay or a second conductor changes nothing.
 */
export function conductStage(options: DispatchOptions): StatefulStage<ConductState, Topic> {
  const timers = new RetryTimers();
  return {
    name: 'conduct',
    inputs: stages.conduct.inputs as readonly Topic[],
    recoverFirst: 'highlights.journal',
    stateVersion,
    keyOf: keyOfInput,
    create: createState,
    encode: encodeState,
    decode: decodeState,
    isClosed: () => false,
    process: (input, state, context) => react(input, state, context, options),
    tick: (nowMs, context) => timers.due(nowMs, context),
  };
}

function keyOfInput(input: Input<Topic>): string {
  if (input.topic === 'workers.status') return workersKey;
  if (input.topic === 'channel.settings') return channelKey(input.record.channelId);
  return streamKey(input.record.streamId);
}

function react(input: Input<Topic>, state: ConductState, context: Context, options: DispatchOptions): Output[] {
  switch (input.topic) {
    case 'channel.settings':
      (state as ChannelState).settings = input.record;
      return [];
    case 'workers.status': {
      const { nodeId, role, capacity } = input.record;
      const node = { refine: 0, render: 0, ...(state as WorkersState).capacity[nodeId] };
      (state as WorkersState).capacity[nodeId] = { ...node, [role]: capacity };
      return dispatch(context, options);
    }
    default:
      return onStream(input, state as StreamState, context, options);
  }
}

type StreamInput = Exclude<Input<Topic>, { topic: 'channel.settings' | 'workers.status' }>;

function onStream(input: StreamInput, stream: StreamState, context: Context, options: DispatchOptions): Output[] {
  if ('run' in input.record && input.record.run !== options.run) return [];
  stream.channelId = input.record.channelId;
  const own = [streamKey(stream.streamId)];
  const channel = context.peek(channelKey(stream.channelId)) as ChannelState | undefined;
  const policy = policyOf(channel?.settings, options.defaultPresets);
  switch (input.topic) {
    case 'highlights.journal':
      return [...onEntry(stream, input.record, context, options), ...dispatch(context, options, own)];
    case 'archive.events':
      onArchived(stream, input.record);
      return dispatch(context, options, own);
    case 'highlights.detected':
      return onDetected(stream, input.record);
    case 'highlights.ranked':
      return onRanked(stream, input.record, policy);
    case 'highlights.refined':
      return [...onRefined(stream, workersOf(context), input.record), ...dispatch(context, options)];
    case 'clips.rendered':
      return [...onRendered(stream, workersOf(context), input.record), ...dispatch(context, options)];
    case 'operator.commands':
      return onCommand(stream, input.record, options.run);
    case 'timers':
      return onTimer(stream, input.record, options.run);
  }
}

function workersOf(context: Context): WorkersState | undefined {
  context.changed(workersKey);
  return context.peek(workersKey) as WorkersState | undefined;
}

/** Acts on a transition that has become true. */
function onEntry(stream: StreamState, entry: JournalEntry, context: Context, options: DispatchOptions): Output[] {
  const highlight = takeEntry(stream, entry);
  if (highlight === undefined) return [];
  const id = entry.highlightId;
  if (highlight.state === 'detected') return settleRank(stream, id, options.run);
  if (highlight.state === 'refined') {
    // Every refined highlight is approved by the policy; people's review comes with the conductor's own issue.
    return want(stream, options.run, { highlightId: id, toState: 'approved', cause: 'policy' });
  }
  const tasks =
    highlight.state === 'refining'
      ? [refineTask(stream, id, highlight, options.run)]
      : highlight.state === 'rendering'
        ? renderTasks(stream, id, highlight, options.run)
        : [];
  const workers = workersOf(context);
  for (const task of tasks) {
    if (workers === undefined || (task.topic !== 'refine.tasks' && task.topic !== 'render.tasks')) continue;
    const role = task.topic === 'refine.tasks' ? 'refine' : 'render';
    workers.outstanding[task.record.taskId] = { role, nodeId: task.record.nodeId };
  }
  return tasks;
}
