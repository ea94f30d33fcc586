import { CliptideError } from '../domain/errors.ts';
import type { Logger } from '../ports/logger.ts';

/** A started resource (after PostHog's `scopes/runner.ts`). */
export interface Started<V> {
  readonly value: V;
  readonly stop: () => Promise<void>;
}

/** Starts resources one after the other and stops them in reverse order, under one deadline. */
export class Lifecycle {
  private readonly started: { readonly name: string; readonly stop: () => Promise<void> }[] = [];
  private readonly logger: Logger;
  private stopping: Promise<void> | undefined;

  constructor(logger: Logger) {
    this.logger = logger;
  }

  /** When a start fails, the caller stops the lifecycle, which stops what was started before. */
  async start<V>(name: string, start: () => Promise<Started<V>> | Started<V>): Promise<V> {
    const { value, stop } = await start();
    this.started.push({ name, stop });
    return value;
  }

  /**
   * Stops everything, last first; one that fails does not keep the others from stopping. Rejects with the first
   * failure, or with `timeout` when the deadline passes before all have stopped.
   */
  stop(deadlineMs: number): Promise<void> {
    this.stopping ??= this.stopAll(deadlineMs);
    return this.stopping;
  }

  private async stopAll(deadlineMs: number): Promise<void> {
    let failure: unknown;
    let current = '';
    const all = (async () => {
      for (const { name, stop } of this.started.reverse()) {
        current = name;
        await stop().catch((error) => {
          this.logger.error('could not stop', { name, error: String(error) });
          failure ??= error;
        });
      }
    })();
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => reject(new CliptideError('timeout', `${current} did not stop within ${deadlineMs / 1000} s`)),
      deadlineMs,
    );
    await Promise.race([all, late]).finally(() => clearTimeout(timer));
    if (failure !== undefined) throw failure;
  }
}

/** What `open` makes of a lifecycle of its own; where it fails, what it had started is stopped before that is told. */
export async function openWith<V>(
  logger: Logger,
  deadlineMs: number,
  open: (lifecycle: Lifecycle) => Promise<V>,
): Promise<V> {
  const lifecycle = new Lifecycle(logger);
  try {
    return await open(lifecycle);
  } catch (error) {
    await lifecycle.stop(deadlineMs).catch(() => undefined);
    throw error;
  }
}
