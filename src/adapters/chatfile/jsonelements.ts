import { isUtf8 } from 'node:buffer';
import { type Element, ElementSink } from './damage.ts';
import { isObject, parseJson } from './json.ts';
import { endsArray, endsElement, nextRecord, reachBytes } from './jsonresync.ts';
import { isSpace, ValueScan } from './jsonscan.ts';
import { keptRawBytes, maxRecordBytes } from './limits.ts';

type Phase = 'root' | 'members' | 'skip' | 'elements' | 'lost' | 'overlong';

const comments = Buffer.from('"comments"');

/**
 * Cuts the elements out of a JSON array, which is the root or the root object's member `comments`, and has each parsed
 * by `JSON.parse`. Holds one element at most (1 MiB); other members of the root, such as embedded images, are passed
 * over. A damaged element costs itself only: what follows is found again by `isRecord`.
 */
export class ElementCutter {
  readonly #isRecord: (value: unknown) => boolean;
  readonly #sink = new ElementSink();
  /** Bytes not yet consumed, where reading goes on in them, and how many bytes of the file lie before them. */
  #held: Buffer = Buffer.alloc(0);
  #at = 0;
  #before = 0;
  #phase: Phase = 'root';
  #inRootArray = false;
  #scan = new ValueScan();
  /** Bytes of the current value, from `#at`, that the scan has passed. */
  #scanned = 0;
  #overlong = { raw: Buffer.alloc(0), offset: 0 };
  #ended = false;

  constructor(isRecord: (value: unknown) => boolean) {
    this.#isRecord = isRecord;
  }

  push(chunk: Buffer): readonly Element[] {
    this.#before += this.#at;
    const left = this.#held.subarray(this.#at);
    this.#held = left.length === 0 ? chunk : Buffer.concat([left, chunk]);
    this.#at = 0;
    while (this.#step());
    return this.#sink.take();
  }

  /** Ends the input; an element that is cut gives one damaged element, after the whole ones that it hid. */
  end(): readonly Element[] {
    this.#ended = true;
    while (this.#step());
    while (this.#phase === 'elements' && this.#at < this.#held.length) {
      this.#giveUp(this.#held.length, 'the file is cut inside this record');
      while (this.#step());
    }
    if (this.#phase === 'lost') this.#sink.more(this.#held.subarray(this.#at));
    if (this.#phase === 'overlong') this.#endOverlong();
    return this.#sink.takeAll();
  }

  /** One step of the current phase; false when it needs more bytes. */
  #step(): boolean {
    if (this.#phase === 'overlong') return this.#stepOverlong();
    if (this.#phase === 'skip') return this.#stepSkip();
    if (this.#phase === 'lost') return this.#stepLost();
    this.#skipSeparators();
    if (this.#at >= this.#held.length) return false;
    if (this.#phase === 'elements') return this.#stepElement();
    return this.#phase === 'root' ? this.#stepRoot() : this.#stepMember();
  }

  #skipSeparators(): void {
    if (this.#scanned > 0) return;
    for (; this.#at < this.#held.length; this.#at++) {
      const byte = this.#held[this.#at];
      if (!isSpace(byte) && byte !== 0x2c) return;
    }
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#scan = new ValueScan();
    this.#scanned = 0;
  }

  #stepRoot(): boolean {
    const byte = this.#held[this.#at++];
    this.#inRootArray = byte === 0x5b;
    if (byte === 0x5b) this.#enter('elements');
    else if (byte === 0x7b) this.#enter('members');
    return true;
  }

  /** At a member's key: its value is entered or passed over. */
  #stepMember(): boolean {
    const bytes = this.#held;
    if (bytes[this.#at] !== 0x22) {
      if (bytes[this.#at] === 0x7d) this.#enter('root');
      this.#at++;
      return true;
    }
    const keyEnd = new ValueScan().advance(bytes, this.#at, bytes.length);
    let value = keyEnd < 0 ? bytes.length : keyEnd;
    while (value < bytes.length && (isSpace(bytes[value]) || bytes[value] === 0x3a)) value++;
    if (value >= bytes.length) {
      if (bytes.length - this.#at > maxRecordBytes) this.#at = bytes.length;
      return false;
    }
    const isComments = comments.equals(bytes.subarray(this.#at, keyEnd)) && bytes[value] === 0x5b;
    this.#at = isComments ? value + 1 : value;
    this.#enter(isComments ? 'elements' : 'skip');
    return true;
  }

  #stepSkip(): boolean {
    const end = this.#scan.advance(this.#held, this.#at, this.#held.length);
    this.#at = end < 0 ? this.#held.length : end;
    if (end >= 0) this.#enter('members');
    return end >= 0;
  }

  #stepElement(): boolean {
    const bytes = this.#held;
    if (this.#scanned === 0 && bytes[this.#at] === 0x5d) {
      const over = endsArray(bytes, this.#at, this.#inRootArray);
      if (over === undefined && !this.#ended) return false;
      if (over !== false) {
        this.#at++;
        this.#enter(this.#inRootArray ? 'root' : 'members');
        return true;
      }
    }
    const end = this.#scan.advance(bytes, this.#at + this.#scanned, bytes.length);
    this.#scanned = bytes.length - this.#at;
    const length = (end < 0 ? bytes.length : end) - this.#at;
    if (length > maxRecordBytes) return this.#tooLong(end);
    if (end < 0) return false;
    this.#take(end);
    return true;
  }

  #take(end: number): void {
    const raw = this.#held.subarray(this.#at, end);
    const value = isUtf8(raw) ? parseJson(raw.toString('utf8')) : undefined;
    if (!isObject(value)) {
      this.#giveUp(end, isUtf8(raw) ? 'the record is no JSON object' : 'the record is no valid UTF-8');
      return;
    }
    this.#sink.good(value, raw, this.#before + this.#at);
    this.#at = end;
    this.#enter('elements');
  }

  /**
   * Gives up what lies before the next record, or before `to` if there is none in between. Unless a next element
   * plainly begins there, brackets and quotes cannot be trusted from there on: the next record is looked for.
   */
  #giveUp(to: number, reason: string): void {
    const next = nextRecord(this.#held, this.#at + 1, to, this.#isRecord);
    this.#drop(next < 0 ? to : next, reason);
    if (next < 0 && !endsElement(this.#held, to, this.#inRootArray)) this.#phase = 'lost';
  }

  #drop(to: number, reason: string): void {
    this.#sink.bad(reason, this.#held.subarray(this.#at, to), this.#before + this.#at);
    this.#at = to;
    this.#enter('elements');
  }

  /** Adds to the damage until a record begins; the last bytes are kept, since one may begin in them. */
  #stepLost(): boolean {
    const { length } = this.#held;
    const next = nextRecord(this.#held, this.#at, length, this.#isRecord);
    const to = next < 0 ? Math.max(this.#at, length - reachBytes) : next;
    this.#sink.more(this.#held.subarray(this.#at, to));
    this.#at = to;
    if (next >= 0) this.#enter('elements');
    return next >= 0;
  }

  /** A record over 1 MiB: either a damage that hides others, or passed over without being held. */
  #tooLong(end: number): boolean {
    const next = nextRecord(this.#held, this.#at + 1, this.#held.length, this.#isRecord);
    const reason = 'the record is longer than 1 MiB';
    if (next >= 0 && (end < 0 || next < end)) this.#drop(next, 'the record is no JSON object');
    else if (end >= 0) this.#drop(end, reason);
    else {
      const raw = Buffer.from(this.#held.subarray(this.#at, this.#at + keptRawBytes));
      this.#overlong = { raw, offset: this.#before + this.#at };
      this.#at = this.#held.length;
      this.#phase = 'overlong';
      return false;
    }
    return true;
  }

  #stepOverlong(): boolean {
    const end = this.#scan.advance(this.#held, this.#at, this.#held.length);
    this.#at = end < 0 ? this.#held.length : end;
    if (end >= 0) this.#endOverlong();
    return end >= 0;
  }

  #endOverlong(): void {
    const { raw, offset } = this.#overlong;
    this.#sink.bad('the record is longer than 1 MiB', raw, offset, this.#before + this.#at - offset);
    this.#enter('elements');
  }
}
