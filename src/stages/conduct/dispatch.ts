import { clipId, taskId } from '../../domain/ids.ts';
import { presetHash, presetNamed } from '../../domain/presets.ts';
import type { Output, StageContext } from '../../runtime/stage.ts';
import { want } from './journal.ts';
import { isArchived, isChosen, maxShiftMs, type Policy, policyOf } from './policy.ts';
import {
  type ConductState,
  channelKey,
  type Highlight,
  type Role,
  type StreamState,
  streamKey,
  type WorkersState,
  workersKey,
} from './state.ts';

export interface DispatchOptions {
  readonly run: string;
  readonly defaultPresets: readonly string[];
}

interface Ready {
  readonly stream: StreamState;
  readonly id: string;
  readonly highlight: Highlight;
  readonly role: Role;
  readonly policy: Policy;
}

/**
 * Highlights that may be refined, or being so, and not be rendered yet, for each that is rendered at a time: what
 * refinement fetched far ahead would have left the cache, and be fetched again.
 */
const aheadPerRender = 4;

/** Refinement needs the sound a little beyond the estimated end, not the whole margin: it must not wait for long. */
const refineAheadMs = 6_000;

/**
 * Hands out what is ready, best first, as far as the workers' credits go: asks the journal for each first. Looks at all
 * streams of the partition, or at one where only that one can have become ready.
 */
export function dispatch(
  context: StageContext<ConductState>,
  options: DispatchOptions,
  streams: readonly string[] = [...context.keys()],
): Output[] {
  const workers = context.peek(workersKey) as WorkersState | undefined;
  if (workers === undefined) return [];
  const free = { refine: freeCredits(workers, 'refine'), render: freeCredits(workers, 'render') };
  if (free.refine <= 0 && free.render <= 0) return [];
  const ready = readyWork(context, options, streams).sort(
    (a, b) => b.highlight.moment.score - a.highlight.moment.score,
  );
  let ahead = onTheWay(context, streams) + ready.filter(({ role }) => role === 'render').length;
  const mostAhead = aheadPerRender * capacityFor(workers, 'render') || Number.POSITIVE_INFINITY;
  const outputs: Output[] = [];
  for (const work of ready) {
    const isRefine = work.role === 'refine';
    if (free[work.role] <= 0 || (isRefine && ahead >= mostAhead)) continue;
    free[work.role] -= 1;
    ahead += isRefine ? 1 : -1;
    outputs.push(...ask(work, options.run));
    context.changed(streamKey(work.stream.streamId));
  }
  return outputs;
}

function ask(work: Ready, run: string): Output[] {
  const { stream, id, policy } = work;
  if (work.role === 'refine') return want(stream, run, { highlightId: id, toState: 'refining', cause: 'credits' });
  return want(stream, run, { highlightId: id, toState: 'rendering', cause: 'credits', presets: policy.presets });
}

/** Highlights that are being refined, or were and are about to be approved: the journal has the word. */
function onTheWay(context: StageContext<ConductState>, streams: readonly string[]): number {
  let count = 0;
  for (const key of streams) {
    const stream = context.peek(key);
    if (stream?.kind !== 'stream') continue;
    for (const { state, wanted, revision } of Object.values(stream.highlights)) {
      const isAsked = wanted > revision && (state === 'detected' || state === 'refined');
      if (state === 'refining' || isAsked) count += 1;
    }
  }
  return count;
}

function freeCredits(workers: WorkersState, role: Role): number {
  return capacityFor(workers, role) - outstandingFor(workers, role);
}

function capacityFor(workers: WorkersState, role: Role): number {
  return Object.values(workers.capacity).reduce((sum, node) => sum + node[role], 0);
}

function outstandingFor(workers: WorkersState, role: Role): number {
  return Object.values(workers.outstanding).filter((task) => task.role === role).length;
}

function readyWork(context: StageContext<ConductState>, options: DispatchOptions, streams: readonly string[]): Ready[] {
  const ready: Ready[] = [];
  for (const key of streams) {
    const stream = context.peek(key);
    if (stream?.kind !== 'stream') continue;
    const channel = context.peek(channelKey(stream.channelId));
    const policy = policyOf(channel?.kind === 'channel' ? channel.settings : null, options.defaultPresets);
    for (const [id, highlight] of Object.entries(stream.highlights)) {
      const role = readyFor(stream, highlight, policy);
      if (role !== undefined) ready.push({ stream, id, highlight, role, policy });
    }
  }
  return ready;
}

function readyFor(stream: StreamState, highlight: Highlight, policy: Policy): Role | undefined {
  if (highlight.wanted > highlight.revision) return undefined;
  const { state, moment } = highlight;
  if (state === 'detected' && isChosen(highlight, policy) && isArchived(stream, moment.endMs + refineAheadMs)) {
    return 'refine';
  }
  return state === 'approved' && isArchived(stream, moment.endMs) ? 'render' : undefined;
}

/** The task that a journal entry for `refining` stands for. */
export function refineTask(stream: StreamState, id: string, highlight: Highlight, run: string): Output {
  const { startMs, peakMs, endMs, terms } = highlight.moment;
  return {
    topic: 'refine.tasks',
    key: stream.channelId,
    record: {
      taskId: taskId(id, highlight.revision, 'refine'),
      highlightId: id,
      revision: highlight.revision,
      run,
      streamId: stream.streamId,
      channelId: stream.channelId,
      nodeId: '',
      startMs,
      peakMs,
      endMs,
      earliestMs: startMs - maxShiftMs,
      latestMs: endMs + maxShiftMs,
      terms,
    },
  };
}

/** The tasks that a journal entry for `rendering` stands for: one for each preset. */
export function renderTasks(stream: StreamState, id: string, highlight: Highlight, run: string): Output[] {
  const { startMs, peakMs, endMs, title, rank } = highlight.moment;
  return highlight.presets.map((preset) => {
    const hash = presetHash(presetNamed(preset));
    return {
      topic: 'render.tasks',
      key: stream.channelId,
      record: {
        taskId: taskId(id, highlight.revision, `render:${hash}`),
        highlightId: id,
        revision: highlight.revision,
        run,
        streamId: stream.streamId,
        channelId: stream.channelId,
        nodeId: '',
        startMs,
        peakMs,
        endMs,
        preset,
        presetHash: hash,
        clipId: clipId(id, highlight.revision, hash),
        title,
        rank,
      },
    };
  });
}
