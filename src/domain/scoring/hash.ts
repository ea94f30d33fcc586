/** Finaliser of MurmurHash3: spreads every input bit over all 32. */
function mix(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Signed 32-bit hash of a text (FNV-1a over UTF-16 units, MurmurHash3 finaliser). */
export function hash32(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return mix(h);
}

/** 53-bit hash of a text as an exact number: of 4,096 different ids in sight, two are equal once in a billion times. */
export function hash53(text: string): number {
  let low = 0x811c9dc5;
  let high = 0x41c6ce57;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x5f356495);
  }
  return (mix(high) & 0x1fffff) * 0x1_0000_0000 + (mix(low) >>> 0);
}

/** Joins a hash with the next one of a sequence. */
export function join32(hash: number, next: number): number {
  return mix(Math.imul(hash, 31) ^ next);
}
