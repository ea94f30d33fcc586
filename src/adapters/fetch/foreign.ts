import { type Dirent, lstatSync, rmSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { blocksOf } from '../../domain/budgets.ts';
import { parseObjectFile, partOwner } from './objectname.ts';

/** What lies in a cache's folder and is not Cliptide's: it stays, and takes its part of the cap. */
export interface Foreign {
  /** Directly in the folder: files, folders and links. */
  readonly foreign: number;
  /** In blocks, with all that is in these folders. */
  readonly foreignBytes: number;
}

/** Whether the cache gives files such names; a folder under one is somebody else's. */
export const isOurs = (entry: Dirent): boolean =>
  entry.isFile() && (parseObjectFile(entry.name) !== undefined || partOwner(entry.name) !== undefined);

/** What goes meanwhile, or may not be looked at, counts as nothing. */
export async function foreignIn(folder: string): Promise<Foreign> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter((entry) => !isOurs(entry));
  let foreignBytes = 0;
  for (const entry of entries) foreignBytes += await bytesOf(path.join(folder, entry.name), entry.isDirectory());
  return { foreign: entries.length, foreignBytes };
}

async function bytesOf(place: string, isFolder: boolean): Promise<number> {
  if (!isFolder) return (await lstat(place).then(({ size }) => blocksOf(size), nothing)) ?? 0;
  const within = (await readdir(place, { withFileTypes: true }).catch(nothing)) ?? [];
  let sum = 0;
  for (const entry of within) sum += await bytesOf(path.join(place, entry.name), entry.isDirectory());
  return sum;
}

function nothing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'EACCES' && error.code !== 'EPERM') throw error;
}

/** Removes a file of the cache at once; a folder that stands under its name is not ours, and stays. */
export function removeFile(file: string): void {
  if (lstatSync(file, { throwIfNoEntry: false })?.isDirectory() !== true) rmSync(file, { force: true });
}
