import { parseChannelScope, windowMs } from '../domain/scopes.ts';
import type { Topics } from './broadcastrecords.ts';
import { readableInput } from './records.ts';
import { scan } from './scan.ts';

const topic = 'budget.entries';
/** A node's clock may be so much ahead of the log's. */
const skewMs = 5 * 60_000;

/**
 * What is used of a scope of spending, by the records: what was settled, and every reservation without a settlement in
 * full. Undefined for a scope of another kind.
 */
export async function spentOf(topics: Topics, scope: string): Promise<number | undefined> {
  const named = parseChannelScope(scope);
  if (named?.fromMs === undefined) return undefined;
  const partition = topics.log.partitionOf(topic, named.channelId);
  const from = await topics.log.offsetAt(topic, partition, named.fromMs - skewMs);
  const reserved = new Map<string, number>();
  const settled = new Map<string, number>();
  for await (const records of scan(topics, topic, partition, from)) {
    for (const record of records) {
      const entry = readableInput<typeof topic>(topics.codec, record)?.record;
      if (entry?.scope !== scope) continue;
      const { spendId, kind, amount } = entry;
      if (kind === 'reserve') reserved.set(spendId, (reserved.get(spendId) ?? 0) + amount);
      if (kind === 'settle') settled.set(spendId, amount);
    }
  }
  return [...new Map([...reserved, ...settled]).values()].reduce((sum, amount) => sum + amount, 0);
}

/** Whether a scope's window has been over for another window's time: nothing that counts for it can be at work. */
export function isPast(scope: string, nowMs: number): boolean {
  const named = parseChannelScope(scope);
  if (named?.fromMs === undefined || named.what === 'clipBytes' || named.what === 'clipCount') return false;
  return nowMs >= named.fromMs + 2 * windowMs[named.what];
}
