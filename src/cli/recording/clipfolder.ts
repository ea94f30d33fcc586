import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from '../../adapters/clickhouse/owner.ts';
import { CliptideError, toCliptideError } from '../../domain/errors.ts';
import type { ClipRow } from './cliprow.ts';
import { type EarlierRow, earlierRows, highlightOf, removeEarlier } from './earlier.ts';
import { openOutput, publish, publishText } from './outputs.ts';

/** Beside the clips while they are made; the number is the process that makes them. */
const workName = /^\.cliptide-(\d+)-/;

/**
 * The folder that the clips of a run go into. `clips.json` lists, at every end of a run, clips that are there: a run
 * that is done replaces what an earlier one has listed, where it could make it anew; one that is stopped adds what it
 * has finished; one that is refused for its size leaves the folder as it was. Files that no list names are never touched.
 */
export class ClipFolder {
  readonly path: string;
  private readonly there: ReadonlySet<string>;
  private readonly earlier: readonly EarlierRow[];
  private readonly undo: () => Promise<void>;
  private readonly published = new Set<string>();
  private readonly rows: ClipRow[] = [];

  private constructor(
    path: string,
    there: ReadonlySet<string>,
    earlier: readonly EarlierRow[],
    undo: () => Promise<void>,
  ) {
    this.path = path;
    this.there = there;
    this.earlier = earlier;
    this.undo = undo;
  }

  /**
   * For the clips of one broadcast. Rejects with `usage` when it cannot be written or holds clips of another, with
   * `space` when the disk is full.
   */
  static async open(path: string, streamId: string): Promise<ClipFolder> {
    const undo = await openOutput(path);
    const names = await readdir(path);
    const earlier = await earlierRows(path);
    mustBeOf(streamId, path, earlier, new Set(names));
    await Promise.all(names.filter(isLeftOver).map((name) => rm(join(path, name), { recursive: true, force: true })));
    return new ClipFolder(path, new Set(names), earlier, undo);
  }

  /** A folder of its own for what is kept only while the clips are made. */
  workFolder(): Promise<string> {
    return mkdtemp(join(this.path, `.cliptide-${process.pid}-`));
  }

  async publish(source: string, name: string): Promise<void> {
    this.published.add(name);
    await publish(source, this.path, name);
  }

  /** The row's files are there. */
  finished(row: ClipRow): void {
    this.rows.push(row);
  }

  /**
   * Lists the rows, which are all that the run could make, and removes what only the earlier list names; resolves with
   * how many clips went. What it wanted and could not make (ids of highlights) stays as an earlier run has made it, and
   * listed; a run that made none leaves the folder as it was.
   */
  async complete(rows: readonly ClipRow[], missing: readonly string[]): Promise<number> {
    if (rows.length === 0 && missing.length > 0) {
      await this.undo();
      return 0;
    }
    const own = new Set(rows.map(({ file }) => file));
    const wanted = new Set(missing);
    const others = this.earlier.filter(({ file }) => !own.has(file));
    const stay = others.filter((row) => this.there.has(row.file) && wanted.has(highlightOf(row) ?? ''));
    await this.list([...rows, ...stay]);
    const gone = others.filter((row) => !stay.includes(row));
    const removed = await Promise.all(gone.map((row) => removeEarlier(this.path, row)));
    return removed.filter((went) => went).length;
  }

  /** After a failure; resolves with how many of the run's clips stay. */
  async abandon(error: unknown): Promise<number> {
    const isRefused = ['space', 'budget'].includes(toCliptideError(error).code);
    if (isRefused) await this.takeBack();
    const stay = this.rows.filter(({ file }) => !isRefused || this.there.has(file));
    if (stay.length > 0) {
      const files = new Set(stay.map(({ file }) => file));
      await this.list([...stay, ...this.earlier.filter(({ file }) => !files.has(file))]).catch(() => undefined);
    }
    await this.undo();
    return stay.length;
  }

  private async takeBack(): Promise<void> {
    const own = [...this.published].filter((name) => !this.there.has(name));
    await Promise.all(own.map((name) => rm(join(this.path, name), { force: true })));
  }

  private list(rows: readonly object[]): Promise<void> {
    return publishText(`${JSON.stringify(rows, null, 2)}\n`, this.path, 'clips.json');
  }
}

/** Who cuts a whole archive, one recording after the other, would be left with the clips of the last. */
function mustBeOf(streamId: string, path: string, earlier: readonly EarlierRow[], there: ReadonlySet<string>): void {
  const isOther = (row: EarlierRow): boolean =>
    row.streamId !== undefined && row.streamId !== streamId && there.has(row.file);
  if (!earlier.some(isOther)) return;
  throw new CliptideError('usage', 'this folder holds the clips of another recording', {
    where: path,
    hint: 'choose another --out for each recording, or delete those clips',
  });
}

/** A work folder whose process was killed before it could clean up. */
function isLeftOver(name: string): boolean {
  const pid = Number(workName.exec(name)?.[1] ?? 0);
  return pid > 0 && !isAlive(pid);
}
