import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { CliptideError } from '../../domain/errors.ts';
import { type FolderWords, openOutput, publishText } from '../recording/outputs.ts';

const words: FolderWords = { what: "the plot's folder", hint: 'choose a --plot that you can write to' };

/** The file that a plot goes into; looked at before the work, so that nobody waits for what cannot be written. */
export class PlotFile {
  readonly path: string;
  private readonly undo: () => Promise<void>;

  private constructor(path: string, undo: () => Promise<void>) {
    this.path = path;
    this.undo = undo;
  }

  /**
   * Makes its folder where that is missing. Rejects with `usage` when it cannot be written or is the chat itself, with
   * `space` when the disk is full.
   */
  static async open(given: string, chat: string): Promise<PlotFile> {
    const path = resolve(given);
    if (await isSameFile(path, chat)) {
      throw new CliptideError('usage', 'the plot would take the place of the chat', { where: given, hint: words.hint });
    }
    const undo = await openOutput(dirname(path), words);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || found.isFile()) return new PlotFile(path, undo);
    await undo();
    throw new CliptideError('usage', 'the plot cannot be written: this is no file', { where: given, hint: words.hint });
  }

  /** Writes it whole or not at all. */
  write(svg: string): Promise<void> {
    return publishText(svg, dirname(this.path), basename(this.path), words);
  }

  /** Takes away what was made for it, where nothing came of it. */
  giveUp(): Promise<void> {
    return this.undo();
  }
}

async function isSameFile(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((path) => stat(path).catch(() => undefined)));
  return a !== undefined && a.ino === b?.ino && a.dev === b.dev;
}
