import { CliptideError } from '../../domain/errors.ts';
import type { Logger } from '../../ports/logger.ts';
import { isExpelled, isRebalance, kafkaFailure } from './failures.ts';
import type { KafkaCluster, KafkaGroup } from './internals.ts';

export const sessionTimeoutMs = 10_000;
export const rebalanceTimeoutMs = 15_000;
const heartbeatMs = 1_000;
/** How long leaving waits for a join that is under way, and for the answer to itself, in milliseconds. */
const leaveMs = 5_000;
const backoff = { firstMs: 100, mostMs: 2_000 };

export interface MembershipOptions {
  readonly group: KafkaGroup;
  readonly cluster: KafkaCluster;
  readonly topics: readonly string[];
  readonly logger: Logger;
  /** How long the group waits for this member when it says nothing, in milliseconds. */
  readonly sessionMs: number;
  /** Called before this member joins a new generation; resolves when nothing is under way. */
  readonly quiesce: () => Promise<void>;
  /** The partitions that this member has from now on, in this generation of the group. */
  readonly assigned: (partitions: readonly number[], generation: number) => void;
  /** The group went on without this member: others may own what it owned. */
  readonly expelled: () => void;
}

/** Keeps this process a member of a consumer group: joins, sends heartbeats, joins again when the members change. */
export class Membership {
  readonly #options: MembershipOptions;
  readonly #stopping = new AbortController();
  #pauseMs = 0;
  #joining: Promise<void> = Promise.resolve();

  constructor(options: MembershipOptions) {
    this.#options = options;
  }

  /** Resolves when it was stopped. Rejects with what no trying again mends. */
  async run(): Promise<void> {
    const { group, cluster, topics } = this.#options;
    let isConnected = false;
    while (!this.#stopped) {
      try {
        if (!isConnected) {
          await group.connect();
          await cluster.addMultipleTargetTopics(topics);
          isConnected = true;
        }
        await this.#options.quiesce();
        if (this.#stopped) return;
        this.#joining = group.joinAndSync();
        await this.#joining;
        this.#pauseMs = 0;
        if (this.#stopped) return;
        this.#options.assigned(partitionsOf(group), group.generationId ?? 0);
        await this.#beat();
      } catch (error) {
        await this.#recover(error);
      }
    }
  }

  /** Leaves the group; the connections stay open. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    // Who leaves in the middle of a join is joined again by kafkajs, and the group waits a session for a member that is
    // gone.
    await atMost(leaveMs, this.#joining);
    await atMost(leaveMs, this.#options.group.leave());
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** Resolves when the members change. Rejects when the group can't be reached for a session, or went on without us. */
  async #beat(): Promise<void> {
    let heardAtMs = performance.now();
    while (!this.#stopped) {
      await this.#pause(heartbeatMs);
      if (this.#stopped) return;
      try {
        await this.#options.group.heartbeat({ interval: 0 });
        heardAtMs = performance.now();
      } catch (error) {
        if (isRebalance(error)) return;
        if (isExpelled(error) || performance.now() - heardAtMs > this.#options.sessionMs - heartbeatMs) throw error;
        // The coordinator has moved or restarts: whoever joins again finds it.
        this.#options.logger.warn('a heartbeat failed', { error: String(error) });
        await this.#options.cluster.refreshMetadata().catch(() => undefined);
        if (kafkaFailure(error, 'heartbeat').code === 'unavailable') return;
      }
    }
  }

  async #recover(error: unknown): Promise<void> {
    if (this.#stopped) return;
    const { group, logger } = this.#options;
    if (isExpelled(error)) group.memberId = null;
    this.#options.expelled();
    const failure = kafkaFailure(error, 'consumer group');
    if (failure.code !== 'unavailable') throw failure;
    logger.warn('joining the group again', { error: failure.message });
    this.#pauseMs = Math.min(backoff.mostMs, Math.max(backoff.firstMs, this.#pauseMs * 2));
    await this.#pause(this.#pauseMs);
  }

  #pause(ms: number): Promise<void> {
    const { signal } = this.#stopping;
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const over = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', over);
        resolve();
      };
      const timer = setTimeout(over, ms);
      signal.addEventListener('abort', over);
    });
  }
}

/** Resolves when a step has ended, well or not, or after a time in milliseconds. */
async function atMost(ms: number, step: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([step.catch(() => undefined), enough]);
  clearTimeout(timer);
}

/** The partitions of all topics alike, as our own assigner gives them. */
function partitionsOf(group: KafkaGroup): readonly number[] {
  const lists = group.assigned().map(({ partitions }) => [...partitions].sort((a, b) => a - b));
  const [first = []] = lists;
  if (lists.every((list) => list.join() === first.join())) return first;
  throw new CliptideError('internal', 'the group gave partitions of one topic only', {
    hint: 'another program is a member of this consumer group; give it a group of its own',
  });
}
