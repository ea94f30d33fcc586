import { CliptideError } from '../../domain/errors.ts';
import { foreignKind } from './foreign.ts';
import { nativeFormat } from './format.ts';
import { isGzip } from './gunzip.ts';
import { maxRecordBytes } from './limits.ts';
import { recognise } from './recognise.ts';

/** So many lines may come before the first event, such as the end of a line that was cut off or a greeting. */
const mostOtherLines = 10;

/**
 * Looks at how a followed source begins, so that who gives another tool's export, or none of events, is told so instead
 * of waiting for good. Done with the first event.
 */
export class FollowGate {
  readonly #name: string;
  #prefix: Buffer = Buffer.alloc(0);
  #open = false;

  constructor(name: string) {
    this.#name = name;
  }

  /** Throws `input` where the source turns out to be something else. */
  look(chunk: Buffer): void {
    if (this.#open) return;
    this.#prefix = Buffer.concat([this.#prefix, chunk]);
    const lines = this.#prefix
      .toString('utf8')
      .replace(/^\ufeff/, '')
      .split('\n');
    const whole = lines.slice(0, -1).filter((line) => line.trim() !== '');
    this.#open = whole.some((line) => nativeFormat.isRecord(line));
    if (this.#open) this.#prefix = Buffer.alloc(0);
    else this.#mustBeFamiliar(whole.length);
  }

  #mustBeFamiliar(lines: number): void {
    if (isGzip(this.#prefix)) throw this.#refused('compressed with gzip');
    const recognised = recognise(this.#prefix, false);
    if (recognised !== undefined && recognised.presumed !== true)
      throw this.#refused(`a chat export (${recognised.format.name})`);
    const foreign = foreignKind(this.#prefix);
    if (foreign !== undefined) throw this.#refused(foreign.what);
    if (lines >= mostOtherLines) throw this.#refused(`a text of ${lines} lines without an event`);
    if (this.#prefix.length > maxRecordBytes) throw this.#refused('a line of more than 1 MiB');
  }

  #refused(what: string): CliptideError {
    const hint =
      "Give Cliptide's own events, one JSON object a line, as they come (docs/events.md). A finished export is read by " +
      '"cliptide score FILE" and "cliptide clip --chat FILE".';
    return new CliptideError('input', `No events to follow: this is ${what}`, { where: this.#name, hint });
  }
}
