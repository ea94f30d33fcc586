import fc from 'fast-check';
import { ByteReader, ByteWriter } from '../../src/domain/scoring/bytes.ts';

/** What a restart makes of a part of the scorer's state. */
export function reread<T>(part: { write(out: ByteWriter): void }, read: (input: ByteReader) => T): T {
  const out = new ByteWriter();
  part.write(out);
  return read(new ByteReader(out.finish()));
}

/** A pattern of kills, repeated over the seconds. */
export const kills = fc.array(fc.boolean(), { minLength: 1, maxLength: 9 });
export const noKills = [false] as const;
export const killedAt = (pattern: readonly boolean[], second: number): boolean =>
  pattern[second % pattern.length] ?? false;
