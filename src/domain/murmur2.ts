const seed = 0x9747b28c;
const multiplier = 0x5bd1e995;
const shift = 24;

/**
 * Kafka's variant of MurmurHash2 as a signed 32-bit integer, so that a key lands in the same partition here and in a
 * cluster. Source: `org.apache.kafka.common.utils.Utils.murmur2` (Apache Kafka), used by its default partitioner.
 */
export function murmur2(data: Uint8Array): number {
  const length = data.length;
  const whole = length & ~3;
  let hash = seed ^ length;
  for (let at = 0; at < whole; at += 4) {
    let block = byte(data, at) | (byte(data, at + 1) << 8) | (byte(data, at + 2) << 16) | (byte(data, at + 3) << 24);
    block = Math.imul(block, multiplier);
    block ^= block >>> shift;
    hash = Math.imul(hash, multiplier) ^ Math.imul(block, multiplier);
  }
  const rest = length & 3;
  if (rest === 3) hash ^= byte(data, whole + 2) << 16;
  if (rest >= 2) hash ^= byte(data, whole + 1) << 8;
  if (rest >= 1) hash = Math.imul(hash ^ byte(data, whole), multiplier);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, multiplier);
  return hash ^ (hash >>> 15);
}

const byte = (data: Uint8Array, at: number): number => data[at] ?? 0;

/** Partition of a key as Kafka's default partitioner chooses it: the hash without its sign bit, modulo the count. */
export function partitionOfKey(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key, 'utf8')) & 0x7fffffff) % partitions;
}
