import { CliptideError } from '../../domain/errors.ts';
import { ByteReader, ByteWriter, layoutVersion } from '../../domain/scoring/bytes.ts';
import { type Model, weightsOf } from '../../domain/scoring/model.ts';
import type { ModelChoice } from '../../domain/scoring/modelchoice.ts';
import { type ScoreSettings, SettingsHistory } from '../../domain/scoring/settings.ts';
import { Stream } from '../../domain/scoring/stream.ts';

/** State of one key: a channel's settings, or a broadcast that was not seen yet, is on air or has ended. */
export type ScoreState =
  | { kind: 'settings'; history: SettingsHistory }
  | {
      kind: 'stream';
      stream: Stream | null;
      /** Offset of its first event; null where it is not known. */
      firstOffset: number | null;
      ended: boolean;
      lateAfterEnd: number;
    };

/** 2 keeps where a broadcast's events begin, 3 the category and the look-ahead, 4 what the signals beside chat need. */
export const stateVersion = layoutVersion;
const oldestVersion = 2;

const channelPrefix = 'channel:';
export const channelKey = (channelId: string): string => `${channelPrefix}${channelId}`;

export function createState(key: string): ScoreState {
  if (key.startsWith(channelPrefix)) return { kind: 'settings', history: new SettingsHistory() };
  return { kind: 'stream', stream: null, firstOffset: null, ended: false, lateAfterEnd: 0 };
}

/** A new broadcast, by the settings in force; it keeps its scorer and its lateness bound to its end. */
export function createStream(settings: ScoreSettings, models: ModelChoice): Stream {
  return new Stream(weightsOf(models.forNew(settings.scorerVersion)), settings.latenessMs);
}

/** Equal states give equal bytes. */
export function encodeState(state: ScoreState): Uint8Array {
  const out = new ByteWriter();
  if (state.kind === 'settings') {
    out.uint(0);
    state.history.write(out);
  } else if (state.ended || state.stream === null) {
    out.uint(state.ended ? 1 : 2);
    out.uint(state.lateAfterEnd);
  } else {
    out.uint(4);
    out.uint(state.firstOffset === null ? 0 : state.firstOffset + 1);
    out.text(state.stream.weights.model.version);
    state.stream.write(out);
  }
  return out.finish();
}

function modelOf(version: string, models: ModelChoice): Model {
  const found = models.known(version);
  if (found !== undefined) return found;
  throw new CliptideError('corrupt', `A broadcast is scored by ${version}, which this Cliptide does not have`, {
    hint: 'Name the model file that the broadcast began with under scorers too, behind the others.',
  });
}

/** The state that was encoded; what it gives from here on is what it would have given. */
export function decodeState(bytes: Uint8Array, version: number, models: ModelChoice): ScoreState {
  if (version < oldestVersion || version > stateVersion) {
    throw new CliptideError(
      'corrupt',
      `The scoring state has version ${version}, known are ${oldestVersion} to ${stateVersion}`,
    );
  }
  const input = new ByteReader(bytes, version);
  const form = input.uint();
  if (form === 0) return { kind: 'settings', history: SettingsHistory.read(input) };
  if (form === 1 || form === 2) {
    return { kind: 'stream', stream: null, firstOffset: null, ended: form === 1, lateAfterEnd: input.uint() };
  }
  const first = input.uint();
  const stream = Stream.read(input, weightsOf(modelOf(input.text(), models)));
  return { kind: 'stream', stream, firstOffset: first === 0 ? null : first - 1, ended: false, lateAfterEnd: 0 };
}
