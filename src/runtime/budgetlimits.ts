import { type ChannelLimits, type LimitName, limitsIn, limitsOf } from '../domain/budgets.ts';
import type { ChannelSettings } from '../domain/records.gen.ts';
import type { Topics } from './broadcastrecords.ts';
import { readableInput } from './records.ts';
import { scan } from './scan.ts';

const topic = 'channel.settings';

/**
 * What channels may keep and spend: `channel.settings` as a table, read on from where it was to the log's end by every
 * question, so that a change holds from the next reservation on.
 */
export class LimitsTable {
  readonly #topics: Topics;
  readonly #defaults: ChannelLimits;
  readonly #settings = new Map<string, ChannelSettings>();
  readonly #positions = new Map<number, number>();
  readonly #reading = new Map<number, Promise<void>>();

  constructor(topics: Topics, defaults: ChannelLimits) {
    this.#topics = topics;
    this.#defaults = defaults;
  }

  async of(channelId: string): Promise<ChannelLimits> {
    const partition = this.#topics.log.partitionOf(topic, channelId);
    // Those who ask at the same time share one reading, and a later one starts where it ended.
    await this.#reading.get(partition)?.catch(() => undefined);
    const reading = this.#catchUp(partition).finally(() => this.#reading.delete(partition));
    this.#reading.set(partition, reading);
    await reading;
    return limitsOf(this.#settings.get(channelId), this.#defaults);
  }

  /** Of every channel that has budgets of its own. */
  async own(): Promise<ReadonlyMap<string, Pick<ChannelSettings, LimitName>>> {
    const { log } = this.#topics;
    for (let partition = 0; partition < log.partitions(topic); partition += 1) await this.#catchUp(partition);
    const own = [...this.#settings].map(([channelId, settings]) => [channelId, limitsIn(settings)] as const);
    return new Map(own.filter(([, limits]) => Object.values(limits).some((value) => value !== null)));
  }

  async #catchUp(partition: number): Promise<void> {
    const from = this.#positions.get(partition) ?? 0;
    for await (const records of scan(this.#topics, topic, partition, from)) {
      for (const record of records) {
        const input = record.value === null ? undefined : readableInput<typeof topic>(this.#topics.codec, record);
        if (input !== undefined) this.#settings.set(record.key, input.record);
        this.#positions.set(partition, record.offset + 1);
      }
    }
  }
}
