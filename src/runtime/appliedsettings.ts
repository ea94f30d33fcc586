import { noLimits } from '../domain/budgets.ts';
import type { ChannelSettings, EndedStream } from '../domain/records.gen.ts';
import type { Topics } from './broadcastrecords.ts';
import { readableInput } from './records.ts';

/**
 * The settings that held during a broadcast, oldest first. Their topic keeps the newest of a channel only: from it comes
 * what conduct goes by (presets, what work waits for), and what scoring went by was noted at the broadcast's end.
 */
export async function appliedSettings(topics: Topics, ended: EndedStream): Promise<readonly ChannelSettings[]> {
  const { channelId } = ended;
  const newest = await newestSettings(topics, channelId);
  const rest = { category: '', hold: 'online', top: 0, presets: [], ...noLimits, ...newest };
  return ended.settings.map((applied) => ({ ...rest, ...applied, channelId }));
}

/** The settings that the topic holds of a channel. */
export async function newestSettings({ log, codec }: Topics, channelId: string): Promise<ChannelSettings | undefined> {
  const topic = 'channel.settings';
  const partition = log.partitionOf(topic, channelId);
  let { start: next, end } = await log.bounds(topic, partition);
  let newest: ChannelSettings | undefined;
  while (next < end) {
    const records = await log.read(topic, partition, next, 1_000);
    const last = records.at(-1);
    if (last === undefined) break;
    next = last.offset + 1;
    const own = records.filter((record) => record.key === channelId && record.value !== null);
    await codec.prepare(own.map((record) => record.value));
    for (const record of own) newest = readableInput<typeof topic>(codec, record)?.record ?? newest;
  }
  return newest;
}
