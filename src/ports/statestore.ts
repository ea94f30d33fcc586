/** State of one partition of a stateful stage, by key, in memory; the changelog makes it durable. */
export interface StateStore<S> {
  get(key: string): S | undefined;
  /** Sets a key's state and marks it as changed. */
  set(key: string, state: S): void;
  delete(key: string): void;
  keys(): Iterable<string>;
  /** How many keys there are. */
  readonly size: number;
  /** Keys changed since the last call, which it forgets. */
  takeChanged(): readonly string[];
}
