import type { CliptideError } from '../../domain/errors.ts';
import type { RenderedClip, RenderTask } from '../../domain/records.gen.ts';
import type { Output } from '../../runtime/stage.ts';

/** What rendering adds to the task's own fields. */
export type ClipFacts = Omit<
  RenderedClip,
  keyof Omit<RenderTask, 'startMs' | 'peakMs' | 'endMs' | 'nodeId' | 'presetHash'> | 'outcome' | 'error'
>;

export function doneClip(task: RenderTask, facts: ClipFacts): Output {
  return clip(task, { ...facts, outcome: 'done', error: '' });
}

export function failedClip(task: RenderTask, error: CliptideError): Output {
  const { startMs, peakMs, endMs } = task;
  return clip(task, {
    startMs,
    peakMs,
    endMs,
    outcome: 'failed',
    error: `${error.code}: ${error.message}${error.where === undefined || error.message.includes(error.where) ? '' : ` (${error.where})`}`,
    headMs: 0,
    video: '',
    poster: '',
    durationMs: 0,
    bytes: 0,
    sha256: '',
    bytesFetched: 0,
    bytesNeeded: 0,
    cpuSeconds: 0,
    wallMs: 0,
    onDiskAtMs: endMs,
  });
}

function clip(task: RenderTask, facts: ClipFacts & Pick<RenderedClip, 'outcome' | 'error'>): Output {
  const { nodeId: _, presetHash: __, ...common } = task;
  return { topic: 'clips.rendered', key: task.channelId, record: { ...common, ...facts } };
}
