import type { SourceItem } from '../../ports/source.ts';
import type { Element } from './damage.ts';
import type { ElementFormat, LineFormat } from './format.ts';
import type { InputEnd } from './gunzip.ts';
import { damagedItem, mapRecord, type RecordMapper } from './items.ts';
import { ElementCutter } from './jsonelements.ts';
import { batchItems } from './limits.ts';
import { type Line, LineCutter } from './lines.ts';

/** Turns lines into items; counts them, so that each item gets its line's number. */
export class LineReader {
  readonly #mapper: RecordMapper<string>;
  #position = 0;

  constructor(mapper: RecordMapper<string>) {
    this.#mapper = mapper;
  }

  get position(): number {
    return this.#position;
  }

  /** Items of lines, in batches. Lines without a character are passed over. */
  *batches(lines: readonly Line[]): Generator<SourceItem[]> {
    let items: SourceItem[] = [];
    for (const line of lines) {
      this.#position++;
      for (const item of this.#itemsOf(line)) items.push(item);
      if (items.length < batchItems) continue;
      yield items;
      items = [];
    }
    if (items.length > 0) yield items;
  }

  #itemsOf(line: Line): readonly SourceItem[] {
    if (typeof line !== 'string') return [damagedItem(this.#position, line.reason, line.raw, line.rawBytes)];
    if (line.length < 16 && line.trim() === '') return [];
    return mapRecord(this.#mapper, line, this.#position, () => Buffer.from(line), '');
  }
}

/** Items of a file with a record a line. A line that a damaged compression cut is one damaged item with it. */
export async function* lineItems(
  format: LineFormat,
  sample: readonly string[],
  chunks: AsyncIterable<Buffer>,
  end: InputEnd,
): AsyncGenerator<SourceItem[]> {
  const cutter = new LineCutter();
  const reader = new LineReader(format.mapper(sample));
  for await (const chunk of chunks) yield* reader.batches(cutter.push(chunk));
  const last = cutter.end();
  if (end.damage === undefined) yield* reader.batches(last);
  else yield [damagedItem(reader.position + 1, end.damage, ...rawOf(last[0]))];
}

function rawOf(line: Line | undefined): [raw: Uint8Array, rawBytes?: number] {
  if (line === undefined) return [new Uint8Array()];
  return typeof line === 'string' ? [Buffer.from(line)] : [line.raw, line.rawBytes];
}

/** Items of a JSON array; the position is the number of the element. */
export async function* elementItems(
  format: ElementFormat,
  chunks: AsyncIterable<Buffer>,
  end: InputEnd,
): AsyncGenerator<SourceItem[]> {
  const cutter = new ElementCutter(format.isRecord);
  const mapper = format.mapper();
  let position = 0;
  const itemsOf = (element: Element): readonly SourceItem[] => {
    const { value, reason, raw, rawBytes, offset } = element;
    const at = `record ${++position}, byte ${offset}`;
    if (reason !== undefined) return [damagedItem(position, `${reason} (${at})`, raw, rawBytes)];
    return mapRecord(mapper, value as Parameters<typeof mapper>[0], position, () => raw, at);
  };
  for await (const chunk of chunks) yield* batched(cutter.push(chunk), itemsOf);
  const last = cutter.end();
  yield* batched(last, itemsOf);
  const told = last.some((element) => element.reason !== undefined);
  if (end.damage !== undefined && !told) yield [damagedItem(position + 1, end.damage, new Uint8Array())];
}

function* batched(
  elements: readonly Element[],
  itemsOf: (element: Element) => readonly SourceItem[],
): Generator<SourceItem[]> {
  for (let from = 0; from < elements.length; from += batchItems) {
    yield elements.slice(from, from + batchItems).flatMap(itemsOf);
  }
}
