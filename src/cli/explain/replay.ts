import type { ChannelSettings, StreamRanking } from '../../domain/records.gen.ts';
import type { Model } from '../../domain/scoring/model.ts';
import { alwaysBy } from '../../domain/scoring/modelchoice.ts';
import { readableInput } from '../../runtime/records.ts';
import type { StageContext } from '../../runtime/stage.ts';
import { scoreStage } from '../../stages/score/stage.ts';
import type { ScoreState } from '../../stages/score/state.ts';
import type { KeptEvents } from './kept.ts';
import type { Trace } from './trace.ts';

type Events = Extract<KeptEvents, { readonly from: 'file' | 'topic' }>;

/** What a replay gives beside what was traced. */
export interface Replayed {
  readonly settings: readonly ChannelSettings[];
  /** Undefined where the events do not have the broadcast's end. */
  readonly ranking: StreamRanking | undefined;
}

/** Sends the kept events of one broadcast through the stage `score` as it runs everywhere, and looks on. */
export async function replayScoring(
  { source, codec }: Events,
  model: Model,
  trace: Trace,
  { signal, onRead }: { readonly signal: AbortSignal; readonly onRead: (events: number) => void },
): Promise<Replayed> {
  const stage = scoreStage({ run: 'explain', models: alwaysBy(model), watch: trace });
  const states = new Map<string, ScoreState>();
  const context: StageContext<ScoreState> = {
    partition: 0,
    peek: (key) => states.get(key),
    changed: () => undefined,
    keys: () => states.keys(),
  };
  const process = (input: Parameters<typeof stage.process>[0]) => {
    const key = stage.keyOf(input);
    const state = states.get(key) ?? stage.create(key);
    states.set(key, state);
    return stage.process(input, state, context);
  };
  const settings = await source.settings();
  for (const [offset, record] of settings.entries()) {
    process({ topic: 'channel.settings', partition: 0, offset, key: record.channelId, record });
  }
  let ranking: StreamRanking | undefined;
  let read = 0;
  for await (const batch of source.live()) {
    signal.throwIfAborted();
    await codec.prepare(batch.map(({ value }) => value));
    for (const record of batch) {
      const input = readableInput<'live.analytics'>(codec, record);
      if (input === undefined) continue;
      for (const output of process(input)) if (output.topic === 'highlights.ranked') ranking = output.record;
    }
    read += batch.length;
    onRead(read);
  }
  return { settings, ranking };
}
