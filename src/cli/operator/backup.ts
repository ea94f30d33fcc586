import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, open, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pack } from '../../adapters/backup/pack.ts';
import { EmbeddedEventLog } from '../../adapters/embedded/eventlog.ts';
import { CliptideError } from '../../domain/errors.ts';
import type { Question } from '../../ports/operations.ts';
import type { Results } from '../../ports/results.ts';
import { packageVersion } from '../version.ts';
import { backedUpTopics, exportTopics } from './clusterbackup.ts';
import type { OperatorParts } from './parts.ts';
import { exportTable, tablesOf } from './resultsbackup.ts';

export interface BackupRow {
  readonly kind: 'backup';
  readonly file: string;
  readonly of: string;
  readonly bytes: number;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
}

const secrets = ['user.key', 'sql.token'];

/**
 * Writes a backup to a file that must not exist: of the data folder, or of the topics of a cluster that nothing else
 * could bring back. Rejects with `usage`, or with `space` where it does not fit.
 */
export async function* backUp(parts: OperatorParts, question: Question, signal: AbortSignal): AsyncGenerator<object> {
  const file = String(question.to);
  if (existsSync(file)) {
    throw new CliptideError('usage', 'this file exists already', { where: file, hint: 'name another one with --to' });
  }
  if (!existsSync(dirname(file)))
    throw new CliptideError('usage', 'there is no such folder', {
      where: dirname(file),
      hint: 'make it, or name another file with --to',
    });
  const staging = await mkdtemp(join(dirname(file), '.cliptide-backup-')).catch((error) => {
    throw unwritable(error, dirname(file));
  });
  try {
    const { folder } = parts;
    const names =
      folder === undefined ? await ofCluster(parts, staging) : await ofFolder(parts, folder, staging, signal);
    const of = folder === undefined ? 'cluster' : 'data folder';
    const nowMs = parts.deps.clock.now();
    const { files } = await pack({ folder: staging, names, file, of, version: packageVersion(), nowMs, signal });
    const { size } = await stat(file);
    yield { kind: 'backup', file, of, bytes: size, files } satisfies BackupRow;
  } catch (error) {
    throw unwritable(error, dirname(file));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

const notOurs = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOENT'];

/** What a folder that cannot take a backup answers, as one of ours; anything else as it is. */
function unwritable(cause: unknown, where: string): unknown {
  const { code = '', syscall } = cause as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new CliptideError('space', 'the backup does not fit on the disk', { where, cause });
  }
  if (syscall !== 'mkdtemp' || !notOurs.includes(code)) return cause;
  const hint = 'name a file in a folder that you can write to, with --to';
  return new CliptideError('usage', `the backup cannot be written there (${code})`, { where, hint, cause });
}

async function ofFolder(
  { deps, results }: OperatorParts,
  folder: string,
  staging: string,
  signal: AbortSignal,
): Promise<string[]> {
  if (!(deps.log instanceof EmbeddedEventLog)) throw new CliptideError('internal', 'the log is not in the data folder');
  await mustFit(join(folder, 'log.db'), staging);
  // The log first: rows that are recorded meanwhile are written again, but none whose offset is committed may be missing.
  await deps.log.copyTo(join(staging, 'log.db'));
  const names = ['log.db'];
  for (const name of secrets.filter((secret) => existsSync(join(folder, secret)))) {
    await copyFile(join(folder, name), join(staging, name));
    names.push(name);
  }
  const store = await results();
  return store === undefined ? names : [...names, ...(await exportResults(store, staging, signal))];
}

async function exportResults(store: Results, staging: string, signal: AbortSignal): Promise<string[]> {
  await mkdir(join(staging, 'results'));
  const names: string[] = [];
  for (const table of await tablesOf(store)) {
    const name = `results/${table.name}.ndjson`;
    await writeLines(join(staging, name), exportTable(store, table), signal);
    names.push(name);
  }
  return names;
}

async function ofCluster({ deps }: OperatorParts, staging: string): Promise<string[]> {
  await mkdir(join(staging, 'topics'));
  const names: string[] = [];
  for (const topic of backedUpTopics) {
    const name = `topics/${topic}.ndjson`;
    await writeLines(join(staging, name), exportTopics(deps, topic));
    names.push(name);
  }
  return names;
}

async function writeLines(
  path: string,
  batches: AsyncIterable<readonly object[]>,
  signal?: AbortSignal,
): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    for await (const rows of batches) {
      signal?.throwIfAborted();
      await handle.write(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    }
  } finally {
    await handle.close();
  }
}

/** The copy of the log and the archive lie beside each other for a while. */
async function mustFit(log: string, staging: string): Promise<void> {
  const [{ size }, { bavail, bsize }] = await Promise.all([stat(log), statfs(staging)]);
  const needed = 2 * size;
  if (bavail * bsize >= needed) return;
  throw new CliptideError('space', `a backup may need ${Math.ceil(needed / 1e6)} MB while it is made`, {
    where: dirname(staging),
    hint: 'choose a disk with more free space with --to',
  });
}
