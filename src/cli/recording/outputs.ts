import { constants } from 'node:fs';
import { access, copyFile, link, mkdir, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CliptideError } from '../../domain/errors.ts';

/** What a folder is for, in words, and what to do when it cannot be written. */
export interface FolderWords {
  readonly what: string;
  readonly hint: string;
}

const outputFolder: FolderWords = { what: 'the output folder', hint: 'choose an --out that you can write to' };

/**
 * The folder for a command's results, made where it is missing. Resolves with what takes it away again, if it was made
 * here and is still empty. Rejects with `usage` when it cannot be written, with `space` when the disk is full.
 */
export async function openOutput(folder: string, words = outputFolder): Promise<() => Promise<void>> {
  const made: string[] = [];
  // A folder that holds something by now is the person's to keep.
  const undo = async (): Promise<void> => {
    for (const path of made) await rmdir(path).catch(() => undefined);
  };
  const probe = join(folder, '.cliptide-probe');
  try {
    await makeFolders(folder, made);
    if (!(await stat(folder)).isDirectory()) throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' });
    await access(folder, constants.W_OK | constants.X_OK);
    await writeFile(probe, '');
    await rm(probe);
  } catch (error) {
    await undo();
    throw outputError(error, folder, words);
  }
  return undo;
}

/**
 * Makes a folder and those above it that are missing, and adds each to `made`, innermost first. Node's recursive mkdir
 * never ends where the system answers ENOENT for good, as it does in /proc.
 */
async function makeFolders(folder: string, made: string[]): Promise<void> {
  const missing: string[] = [];
  for (let at = folder; !(await isThere(at)); at = dirname(at)) missing.push(at);
  for (const path of missing.reverse()) {
    const isOurs = await mkdir(path).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        // Another process was as quick.
        if (error.code === 'EEXIST') return false;
        throw error;
      },
    );
    if (isOurs) made.unshift(path);
  }
}

const isThere = async (path: string): Promise<boolean> => {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined || dirname(path) === path;
};

/** Gives a finished file its name in the output folder: by a link where that is possible, else by a copy. */
export async function publish(source: string, folder: string, name: string): Promise<void> {
  const part = join(folder, `.${name}.part`);
  try {
    await rm(part, { force: true });
    await link(source, part).catch(() => copyFile(source, part));
    await rename(part, join(folder, name));
  } catch (error) {
    await rm(part, { force: true });
    throw outputError(error, folder);
  }
}

/** Writes a text file that is either there whole or not at all. */
export async function publishText(text: string, folder: string, name: string, words = outputFolder): Promise<void> {
  const part = join(folder, `.${name}.part`);
  try {
    await writeFile(part, text);
    await rename(part, join(folder, name));
  } catch (error) {
    await rm(part, { force: true });
    throw outputError(error, folder, words);
  }
}

function outputError(cause: unknown, folder: string, { what, hint } = outputFolder): CliptideError {
  const { code } = cause as NodeJS.ErrnoException;
  const details = { where: folder, cause };
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new CliptideError('space', `${what} is full`, { ...details, hint: `free some space, or ${hint}` });
  }
  if (code === 'ENOTDIR')
    return new CliptideError('usage', `${what} cannot be: a file is in its way`, { ...details, hint });
  return new CliptideError('usage', `${what} cannot be written (${code})`, { ...details, hint });
}
