import type { Ended, Fates } from '../records.gen.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';

/** What became of a broadcast's records; the marks of its start, end and silence are not counted. */
export class FateCounts {
  processed = 0;
  late = 0;
  duplicate = 0;
  deadLettered = 0;
  ignored = 0;

  /** All of them, with what ingest put aside before; `read` is the sum. */
  sum(ended: Ended | null): Fates {
    const { processed, late, duplicate } = this;
    const deadLettered = this.deadLettered + (ended?.deadLettered ?? 0);
    const ignored = this.ignored + (ended?.ignored ?? 0);
    const read = processed + late + duplicate + deadLettered + ignored;
    return { read, processed, late, duplicate, deadLettered, ignored };
  }

  write(out: ByteWriter): void {
    for (const count of [this.processed, this.late, this.duplicate, this.deadLettered, this.ignored]) out.uint(count);
  }

  static read(input: ByteReader): FateCounts {
    const fates = new FateCounts();
    fates.processed = input.uint();
    fates.late = input.uint();
    fates.duplicate = input.uint();
    fates.deadLettered = input.uint();
    fates.ignored = input.uint();
    return fates;
  }
}
