import type { CliptideError } from '../../domain/errors.ts';
import type { Logger } from '../../ports/logger.ts';
import { isUnknownTopic, kafkaFailure, madeAnew, rootOf } from './failures.ts';
import type { Feed } from './feed.ts';
import type { KafkaCluster } from './internals.ts';
import { fetchFrom } from './protocol/fetch.ts';
import type { Reader } from './reader.ts';
import type { Topics } from './topics.ts';

const waitMs = 500;
/** While a feed is full: it is asked for again before what it holds is used up, and a broker answers in order. */
const waitBesideFullMs = 50;
const limits = { minBytes: 1, maxBytes: 8 << 20, partitionBytes: 1 << 20 };
const backoff = { firstMs: 100, mostMs: 2_000 };

export interface PumpOptions {
  readonly cluster: KafkaCluster;
  readonly topics: Topics;
  readonly reader: Reader;
  readonly logger: Logger;
}

/** Keeps the feeds of a member filled: one fetch at a time to each broker that leads one of them. */
export class Pump {
  readonly #options: PumpOptions;
  readonly #feeds = new Set<Feed>();
  readonly #loops = new Map<number, Promise<void>>();
  #heard: (() => void)[] = [];
  #closed = false;
  #turn = 0;

  constructor(options: PumpOptions) {
    this.#options = options;
  }

  add(feeds: readonly Feed[]): void {
    for (const feed of feeds) this.#feeds.add(feed);
    this.poke();
  }

  remove(feeds: readonly Feed[]): void {
    for (const feed of feeds) this.#feeds.delete(feed);
  }

  /** Begins to fetch for feeds that have become wanted. */
  poke(): void {
    if (this.#closed) return;
    for (const leader of new Set([...this.#feeds].filter((feed) => feed.isWanted).map((feed) => this.#leader(feed)))) {
      if (this.#loops.has(leader)) continue;
      const loop = this.#run(leader).finally(() => {
        this.#loops.delete(leader);
        this.poke();
      });
      this.#loops.set(leader, loop);
    }
  }

  /** Resolves when something came in, after a time in milliseconds, or when the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const over = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', over);
        resolve();
      };
      const timer = setTimeout(over, ms);
      signal.addEventListener('abort', over);
      this.#heard.push(over);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#tell();
    await Promise.all(this.#loops.values());
  }

  /** -1 while nobody leads it or it is not known who does. */
  #leader({ wire, partition }: Feed): number {
    try {
      const found = this.#options.cluster.findTopicPartitionMetadata(wire);
      return found.find(({ partitionId }) => partitionId === partition)?.leader ?? -1;
    } catch {
      return -1;
    }
  }

  async #run(leader: number): Promise<void> {
    let pauseMs = 0;
    while (!this.#closed) {
      const feeds = [...this.#feeds].filter((feed) => feed.isWanted && this.#leader(feed) === leader);
      if (feeds.length === 0) return;
      try {
        await this.#fetch(leader, feeds);
        pauseMs = 0;
      } catch (error) {
        if (this.#closed) return;
        pauseMs = Math.min(backoff.mostMs, Math.max(backoff.firstMs, pauseMs * 2));
        await this.#recover(error, feeds, pauseMs);
      }
    }
  }

  async #fetch(leader: number, feeds: readonly Feed[]): Promise<void> {
    const asked = new Map(inTurn(feeds, this.#turn++).map((feed) => [feed, feed.next ?? 0]));
    const broker = await this.#options.cluster.findBroker({ nodeId: leader });
    const answers = await fetchFrom(
      broker,
      [...asked].map(([{ wire, topicId, partition }, offset]) => ({ topic: wire, topicId, partition, offset })),
      { ...limits, maxWaitMs: [...this.#feeds].some(({ isFull }) => isFull) ? waitBesideFullMs : waitMs },
    );
    const byPlace = new Map(answers.map((answer) => [`${answer.topic}/${answer.partition}`, answer]));
    let came = false;
    for (const [feed, from] of asked) {
      const answer = byPlace.get(`${feed.wire}/${feed.partition}`);
      if (answer?.error === undefined && answer !== undefined && feed.deposit(from, answer)) came = true;
    }
    if (came) this.#tell();
    const failed = answers.find(({ error }) => error !== undefined);
    if (failed !== undefined) throw failed.error;
  }

  /** A feed whose next record is gone fails; everything else passes, and is tried again. */
  async #recover(error: unknown, feeds: readonly Feed[], pauseMs: number): Promise<void> {
    const { cluster, logger } = this.#options;
    const root = rootOf(error);
    const feed = feeds.find(({ wire, partition }) => wire === root.topic && partition === root.partition);
    const gone = feed === undefined ? undefined : await this.#whyGone(feed, error);
    if (gone !== undefined) {
      feed?.fail(gone);
      this.#tell();
      return;
    }
    const failure = kafkaFailure(error, feeds.map(({ wire }) => wire).join(', '));
    logger.warn('fetching waits', { error: failure.message });
    if (root.name === 'KafkaJSConnectionClosedError' && root.host !== undefined && root.port !== undefined) {
      cluster.removeBroker({ host: root.host, port: root.port });
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    await cluster.refreshMetadata().catch(() => undefined);
  }

  async #whyGone(feed: Feed, error: unknown): Promise<CliptideError | undefined> {
    const { topic, wire, partition } = feed;
    const where = `${wire}, partition ${partition}`;
    if (isUnknownTopic(error)) {
      const wasMadeAnew = await this.#options.topics.wasMadeAnew(topic).catch(() => false);
      return wasMadeAnew ? madeAnew(where) : undefined;
    }
    const failure = kafkaFailure(error, where);
    return failure.code === 'offset-range' && (await this.#isOutOfRange(feed)) ? failure : undefined;
  }

  /** While a new leader catches up, an offset can be out of its range for a moment. */
  async #isOutOfRange(feed: Feed): Promise<boolean> {
    const bounds = await this.#options.reader.bounds(feed.topic, feed.partition).catch((_: CliptideError) => undefined);
    const { next } = feed;
    return bounds !== undefined && next !== undefined && (next < bounds.start || next > bounds.end);
  }

  #tell(): void {
    const heard = this.#heard;
    this.#heard = [];
    for (const over of heard) over();
  }
}

/** Another one first each time: a broker fills its answer in the order of asking. */
function inTurn<T>(items: readonly T[], turn: number): readonly T[] {
  const first = turn % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}
