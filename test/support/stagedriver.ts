import type { Metrics } from '../../src/ports/metrics.ts';
import type { Input, Output, StageContext, StatefulStage } from '../../src/runtime/stage.ts';
import type { TopicName } from '../../topology/topics.ts';

/** A record of a topic, before it has an offset. */
export type Given<T extends TopicName> = {
  [K in T]: Pick<Extract<Output, { topic: K }>, 'topic' | 'key' | 'record'>;
}[T];

/** Runs a stateful stage on one partition without a log: what a test gives goes in, what comes out is kept. */
export class StageDriver<S, T extends TopicName> {
  readonly outputs: Output[] = [];
  readonly states = new Map<string, S>();
  private readonly stage: StatefulStage<S, T>;
  private readonly offsets = new Map<string, number>();
  private readonly context: StageContext<S> = {
    partition: 0,
    peek: (key) => this.states.get(key),
    changed: () => {},
    keys: () => this.states.keys(),
  };

  constructor(stage: StatefulStage<S, T>) {
    this.stage = stage;
  }

  /** Processes one record and returns what the stage appends because of it. */
  give(given: Given<T>): readonly Output[] {
    const offset = this.offsets.get(given.topic) ?? 0;
    this.offsets.set(given.topic, offset + 1);
    const input = { ...given, partition: 0, offset } as unknown as Input<T>;
    const key = this.stage.keyOf(input);
    const state = this.states.get(key) ?? this.stage.create(key);
    this.states.set(key, state);
    const outputs = this.stage.process(input, state, this.context);
    this.outputs.push(...outputs);
    return outputs;
  }

  tick(nowMs: number): readonly Output[] {
    const outputs = this.stage.tick?.(nowMs, this.context) ?? [];
    this.outputs.push(...outputs);
    return outputs;
  }

  measure(metrics: Metrics, nowMs: number): void {
    this.stage.measure?.(metrics, nowMs, this.context);
  }

  /** Writes every state and reads it back, as a restart does. */
  restart(): void {
    for (const [key, state] of this.states) {
      this.states.set(key, this.stage.decode(this.stage.encode(state), this.stage.stateVersion));
    }
  }

  /** Writes every state; what it returns goes back to them and to the places in the log, as a crash does. */
  snapshot(): () => void {
    const { encode, decode, stateVersion } = this.stage;
    const kept = [...this.states].map(([key, state]) => ({ key, bytes: encode(state) }));
    const offsets = [...this.offsets];
    return () => {
      this.states.clear();
      for (const { key, bytes } of kept) this.states.set(key, decode(bytes, stateVersion));
      for (const [topic, offset] of offsets) this.offsets.set(topic, offset);
    };
  }
}
