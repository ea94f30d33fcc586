import { CliptideError } from '../../domain/errors.ts';
import type { LiveEvent } from '../../domain/records.gen.ts';
import { faultOf } from '../../domain/scoring/faults.ts';
import type { FeatureVector } from '../../domain/scoring/features.ts';
import type { Weights } from '../../domain/scoring/model.ts';
import { chosenFrom, type ModelChoice } from '../../domain/scoring/modelchoice.ts';
import type { ScoredSecond } from '../../domain/scoring/scorer.ts';
import { SettingsHistory } from '../../domain/scoring/settings.ts';
import type { Stream } from '../../domain/scoring/stream.ts';
import type { Input, Output, StageContext, StatefulStage } from '../../runtime/stage.ts';
import { ScoreFigures } from './measure.ts';
import {
  type Broadcast,
  deadLetterRecord,
  endedRecord,
  highlightRecord,
  lagAt,
  rankingRecord,
  secondRecord,
} from './records.ts';
import {
  channelKey,
  createState,
  createStream,
  decodeState,
  encodeState,
  type ScoreState,
  stateVersion,
} from './state.ts';

/** Looks on while broadcasts are scored; it must change nothing. */
export interface ScoreWatch {
  /** A live event is taken in, in log order. */
  event(event: LiveEvent): void;
  /** A second is complete. The next one overwrites its features; `zeroMs` is the broadcast's zero, in event time. */
  closed(closed: ScoredSecond, vector: FeatureVector, zeroMs: number, weights: Weights): void;
}

type ScoreTopic = 'channel.settings' | 'live.analytics';
type LiveInput = Extract<Input<ScoreTopic>, { topic: 'live.analytics' }>;

const nothing: readonly Output[] = [];
const noSettings = new SettingsHistory();

/** Finds channels' settings; the last channel's key is not made anew, since events of a channel often follow each other. */
function settingsFinder(): (channelId: string, context: StageContext<ScoreState>) => SettingsHistory {
  let lastId = '';
  let key = channelKey(lastId);
  return (channelId, context) => {
    if (channelId !== lastId) {
      lastId = channelId;
      key = channelKey(channelId);
    }
    const state = context.peek(key);
    return state?.kind === 'settings' ? state.history : noSettings;
  };
}

/** The records of closed seconds: the curve, and a highlight wherever one begins. */
function secondsOut(
  broadcast: Broadcast,
  stream: Stream,
  settings: SettingsHistory,
  seconds: readonly ScoredSecond[],
): readonly Output[] {
  const { zeroMs } = stream;
  if (seconds.length === 0 || zeroMs === null) return nothing;
  return seconds.flatMap((closed) => [
    secondRecord(broadcast, zeroMs, closed),
    ...highlightRecord(broadcast, stream, closed, lagAt(broadcast, stream, closed.second, settings)),
  ]);
}

/** One live event: marks steer the clock, everything else is taken in and scored once the watermark has passed it. */
function score(input: LiveInput, stream: Stream, broadcast: Broadcast, settings: SettingsHistory): readonly Output[] {
  const { record: event, partition, offset } = input;
  const fault = isMark(event.kind) ? faultOf(event) : null;
  if (fault !== null) return [deadLetterRecord(event.streamId, stream, { event, partition, offset, reason: fault })];
  if (event.kind === 'streamEnded') return end(input, stream, broadcast, settings);
  const refused =
    event.kind === 'streamStarted' || event.kind === 'idle' ? [] : stream.take({ event, partition, offset });
  if (event.kind === 'streamStarted') stream.start(event.atMs, event.started?.category ?? '');
  if (event.kind === 'idle') stream.clock.fellIdle(event.source, event.atMs);
  const seconds = secondsOut(broadcast, stream, settings, stream.advance(settings));
  if (refused.length === 0) return seconds;
  return [...refused.map((one) => deadLetterRecord(event.streamId, stream, one)), ...seconds];
}

function lookOn(watch: ScoreWatch, stream: Stream, event: LiveEvent): void {
  stream.onClosed ??= (closed, vector, zeroMs) => watch.closed(closed, vector, zeroMs, stream.weights);
  watch.event(event);
}

const isMark = (kind: string): boolean => kind === 'streamStarted' || kind === 'streamEnded' || kind === 'idle';

/** The end: all that waits, then the ranking. */
function end(input: LiveInput, stream: Stream, broadcast: Broadcast, settings: SettingsHistory): readonly Output[] {
  const { atMs, ended, streamId } = input.record;
  const { refused, seconds, ranked } = stream.end(atMs, settings);
  return [
    ...refused.map((one) => deadLetterRecord(streamId, stream, one)),
    ...secondsOut(broadcast, stream, settings, seconds),
    rankingRecord(broadcast, stream, ranked, { atMs, ended, settings }),
  ];
}

/**
 * The stage `score`: live events in, the curve, highlights as they begin and the final ranking out. `run` names the pass
 * over the topics; `models` choose what scores a broadcast, those that ship unless given; `watch` looks on.
 */
export function scoreStage(options: {
  readonly run: string;
  readonly models?: ModelChoice | undefined;
  readonly watch?: ScoreWatch | undefined;
}): StatefulStage<ScoreState, ScoreTopic> {
  const figures = new ScoreFigures();
  const models = options.models ?? chosenFrom([]);
  const settingsOf = settingsFinder();
  return {
    name: 'score',
    inputs: ['channel.settings', 'live.analytics'],
    stateVersion,
    keyOf: (input) => (input.topic === 'channel.settings' ? channelKey(input.record.channelId) : input.record.streamId),
    create: createState,
    encode: encodeState,
    decode: (bytes, version) => figures.restored(decodeState(bytes, version, models)),
    isClosed: (state) => state.kind === 'stream' && state.ended,
    process(input, state, context) {
      if (input.topic === 'channel.settings') {
        if (state.kind === 'settings') state.history.add(input.record);
        return nothing;
      }
      const { streamId, channelId, atMs, kind } = input.record;
      if (state.kind !== 'stream') {
        throw new CliptideError('damaged', `A stream id may not begin like a channel's key: ${streamId}`);
      }
      if (state.ended) {
        if (isMark(kind)) return nothing;
        state.lateAfterEnd += 1;
        figures.cameAfterEnd();
        return nothing;
      }
      const settings = settingsOf(channelId, context);
      if (state.stream === null) {
        state.stream = createStream(settings.at(atMs), models);
        state.firstOffset = input.offset;
      }
      const broadcast = { run: options.run, streamId, channelId };
      if (options.watch !== undefined) lookOn(options.watch, state.stream, input.record);
      const outputs = score(input, state.stream, broadcast, settings);
      if (kind === 'streamEnded' && outputs.some((output) => output.topic === 'highlights.ranked')) {
        figures.settle(state);
        const ended = endedRecord(broadcast, state.stream, settings, { input, firstOffset: state.firstOffset });
        state.ended = true;
        state.stream = null;
        return [...outputs, ended];
      }
      return outputs;
    },
    measure: (metrics, nowMs, context) => figures.tell(metrics, nowMs, context),
  };
}
