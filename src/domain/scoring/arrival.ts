import type { LiveEvent } from '../records.gen.ts';

/** An event as it came. */
export interface Arrival {
  readonly event: LiveEvent;
  readonly partition: number;
  readonly offset: number;
}

/** An event that cannot be used, with the reason. */
export interface Refusal extends Arrival {
  readonly reason: string;
}
