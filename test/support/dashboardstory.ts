import type { SinkInput } from '../../src/runtime/stage.ts';
import { attempt, clip, deadLetter, detected, entry, input, moment, ranking, second, zero } from './recordinputs.ts';

/** A broadcast's records in one run, with something for every panel: two clips, a failure, a retry, a dead letter. */
export function dashboardStory(run: string): readonly SinkInput[] {
  const over = { run };
  return [
    input(
      'runs',
      { run, kind: 'started', nodeId: 'n1', version: '0.1.0', model: 'v1', atMs: zero, streamId: '', selection: '' },
      0,
    ),
    ...[38, 39, 40, 41].map((at) => input('streams.seconds', second(at, over), at)),
    input('highlights.detected', detected('h1', 40, over), 0),
    input('highlights.detected', detected('h2', 200, over), 1),
    input('highlights.journal', entry('h1', 0, { ...over, toState: 'detected' }), 0),
    input('highlights.journal', entry('h1', 1, { ...over, toState: 'refined', highlight: moment(41, 'A goal') }), 1),
    input('highlights.journal', entry('h1', 2, { ...over, toState: 'rendered' }), 2),
    input('highlights.journal', entry('h2', 0, { ...over, toState: 'failed', reason: 'no media' }), 3),
    input('clips.rendered', clip('k1', 'h1', over), 0),
    input('clips.rendered', clip('k2', 'h1', { ...over, preset: 'copy' }), 1),
    input('clips.rendered', clip('k3', 'h2', { ...over, outcome: 'failed', error: 'tool: ffmpeg' }), 2),
    input('attempts', attempt('refine-h1', 1, { ...over, role: 'refine', cpuSeconds: 4 }), 0),
    input('attempts', attempt('render-k1', 1, { ...over, outcome: 'retried', error: 'timeout: slow' }), 1),
    input('attempts', attempt('render-k1', 2, over), 2),
    input('attempts', attempt('render-k2', 1, over), 3),
    input('score.dead', deadLetter(7, { streamId: 's1' }), 0),
    input('highlights.ranked', ranking(over), 0),
  ];
}
