import type { CliptideError } from '../../domain/errors.ts';
import type { CommandContext } from '../context.ts';
import { counted } from '../counted.ts';
import type { ExitCode } from '../exit.ts';
import { clipFields, clipsLine } from '../live/ending.ts';
import { type ClipCounts, exitOf } from '../live/outcome.ts';
import { table } from '../table.ts';
import type { EndedBroadcast } from './catalogue.ts';
import type { Replayed } from './replay.ts';
import { timeOf } from './selection.ts';

const tellEveryMs = 1_000;

/** What a backfill says while it is at work: progress for people, a line of JSON for each broadcast where that is asked for. */
export class BackfillReport {
  readonly #context: CommandContext;
  readonly #json: boolean;
  readonly #run: string;
  readonly #total: number;
  readonly #startedAtMs = performance.now();
  readonly #rows: string[][] = [];
  readonly #current = new Set<string>();
  #toldAtMs = 0;
  #done = 0;
  /** Events that were taken in, those of broadcasts that were begun anew included. */
  #read = 0;
  readonly #sum = { events: 0, highlights: 0 };
  /** Undefined until one was replayed with clips. */
  #clips: ClipCounts | undefined;

  constructor(context: CommandContext, json: boolean, run: string, total: number) {
    this.#context = context;
    this.#json = json;
    this.#run = run;
    this.#total = total;
  }

  begin({ streamId }: EndedBroadcast): void {
    this.#current.add(streamId);
    this.#tell();
  }

  read(events: number): void {
    this.#read += events;
    if (performance.now() - this.#toldAtMs >= tellEveryMs) this.#tell();
  }

  async done(broadcast: EndedBroadcast, replayed: Replayed, wallMs: number): Promise<void> {
    const { streamId, channelId, from, zeroAtMs } = broadcast;
    const { events, seconds, highlights, clips, hasArchive } = replayed;
    this.#current.delete(streamId);
    this.#done += 1;
    this.#sum.events += events;
    this.#sum.highlights += highlights;
    this.#tell();
    if (clips !== undefined) this.#clips = sumOf(this.#clips ?? noClips, clips);
    if (clips !== undefined && !hasArchive && highlights > 0) {
      this.#context.terminal.line(`${streamId} has no clips: nothing is known of its media`);
    }
    const made = clips === undefined ? [] : [`${clips.made} of ${clips.wanted}`];
    this.#rows.push([streamId, timeOf(zeroAtMs), from, String(events), String(highlights), ...made]);
    if (!this.#json) return;
    await this.#context.output.write({
      kind: 'broadcast',
      run: this.#run,
      streamId,
      channelId,
      from,
      events,
      seconds,
      highlights,
      ...(clips === undefined ? {} : clipFields(clips)),
      wallMs,
    });
  }

  /** What the clips of this start make the command end with. */
  get exitCode(): ExitCode {
    return exitOf(this.#clips ?? noClips);
  }

  async fault({ streamId, from }: EndedBroadcast, { code, message, where }: CliptideError): Promise<void> {
    this.#current.delete(streamId);
    this.#context.terminal.line(
      `${streamId} could not be replayed: ${message}${where === undefined ? '' : ` (${where})`}`,
    );
    if (this.#json)
      await this.#context.output.write({ kind: 'failed', run: this.#run, streamId, from, code, reason: message });
  }

  /** `before` were done by an earlier start or another process. */
  async end(state: 'complete' | 'incomplete'): Promise<void> {
    const { terminal, output } = this.#context;
    terminal.end();
    const { events, highlights } = this.#sum;
    const wallMs = Math.round(performance.now() - this.#startedAtMs);
    if (this.#json) {
      const clips = this.#clips === undefined ? {} : clipFields(this.#clips);
      const counts = { broadcasts: this.#done, events, highlights, ...clips };
      await output.write({ kind: 'run', run: this.#run, state, ...counts, wallMs });
      return;
    }
    const columns = [
      { title: 'broadcast' },
      { title: 'began' },
      { title: 'from' },
      { title: 'events', align: 'right' },
      { title: 'highlights', align: 'right' },
      ...(this.#clips === undefined ? [] : [{ title: 'clips', align: 'right' } as const]),
    ] as const;
    if (this.#rows.length > 0) process.stdout.write(table(columns, this.#rows));
    const clips = this.#clips === undefined ? '' : `; ${clipsLine(this.#clips)}`;
    terminal.line(`the run ${this.#run} is ${state}, ${this.#rate(wallMs)}${clips}`);
    if (state === 'complete') terminal.line(`what changed: npx cliptide diff live ${this.#run}`);
  }

  #tell(): void {
    this.#toldAtMs = performance.now();
    const now = [...this.#current].slice(0, 4).join(', ');
    const rate = this.#rate(this.#toldAtMs - this.#startedAtMs);
    this.#context.terminal.progress([
      `${this.#done} of ${counted(this.#total, 'broadcast')}, ${rate}${now === '' ? '' : `; ${now}`}`,
    ]);
  }

  #rate(wallMs: number): string {
    const read = this.#read;
    return `${counted(read, 'event')}, ${Math.round(read / Math.max(0.001, wallMs / 1_000))}/s`;
  }
}

const noClips: ClipCounts = { wanted: 0, made: 0, refused: 0, failed: 0 };

const sumOf = (a: ClipCounts, b: ClipCounts): ClipCounts => ({
  wanted: a.wanted + b.wanted,
  made: a.made + b.made,
  refused: a.refused + b.refused,
  failed: a.failed + b.failed,
});
