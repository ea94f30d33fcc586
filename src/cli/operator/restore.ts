import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Manifest } from '../../adapters/backup/manifest.ts';
import { unpack } from '../../adapters/backup/unpack.ts';
import { ownerOf } from '../../adapters/control/client.ts';
import type { Config } from '../../config/config.ts';
import { CliptideError } from '../../domain/errors.ts';
import type { Logger } from '../../ports/logger.ts';
import type { ResultRow } from '../../ports/results.ts';
import { Lifecycle } from '../../runtime/lifecycle.ts';
import { patiently } from '../../runtime/retry.ts';
import { openClusterStorage } from '../node/cluster.ts';
import { configuredResults, openResults } from '../node/results.ts';
import { packageVersion } from '../version.ts';
import { importTopic, mustBeEmpty } from './clusterbackup.ts';

const batchRows = 2_000;

export interface RestoreOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/**
 * Restores a backup: into the data folder, which must be new or empty, or into the new topics of the configured cluster.
 * All of the archive is checked before anything is put in its place.
 */
export async function restore(file: string, options: RestoreOptions): Promise<Manifest> {
  const { config, logger, signal } = options;
  const { cluster, data } = config;
  if (cluster === undefined) await mustBeFree(data.dir);
  const beside = cluster === undefined ? dirname(data.dir) : dirname(file);
  await mkdir(beside, { recursive: true });
  const staging = await mkdtemp(join(beside, '.cliptide-restore-'));
  const lifecycle = new Lifecycle(logger);
  try {
    const manifest = await unpack(file, staging, packageVersion());
    signal.throwIfAborted();
    mustFit(manifest, cluster === undefined ? 'data folder' : 'cluster', file);
    if (cluster === undefined) await intoFolder(staging, manifest, options, lifecycle);
    else {
      const deps = await openClusterStorage({ config, cluster, logger, metrics: undefined }, lifecycle);
      await mustBeEmpty(deps.log);
      for (const { name } of manifest.files) {
        const topic = basename(name, '.ndjson');
        await inBatches(join(staging, name), (rows) =>
          importTopic(deps, topic, rows as Parameters<typeof importTopic>[2]),
        );
      }
    }
    return manifest;
  } finally {
    await lifecycle.stop(config.shutdownDeadlineMs);
    await rm(staging, { recursive: true, force: true });
  }
}

/** The log comes last: without it the folder is none that anybody would work with. */
async function intoFolder(
  staging: string,
  { files }: Manifest,
  { config, signal }: RestoreOptions,
  lifecycle: Lifecycle,
): Promise<void> {
  const { dir } = config.data;
  await mkdir(dir, { recursive: true });
  const names = files.map(({ name }) => name);
  try {
    const tables = names.filter((name) => name.startsWith('results/'));
    if (tables.length > 0) {
      const { results } = await openResults(configuredResults(config), lifecycle);
      for (const name of tables) {
        const table = basename(name, '.ndjson');
        await inBatches(join(staging, name), (rows) => {
          signal.throwIfAborted();
          // Results that are larger than their share here make room first, which takes them a moment.
          return patiently(
            () => results.insert(table, rows as readonly ResultRow[]),
            signal,
            () => undefined,
          );
        });
      }
    }
    const others = names.filter((name) => !tables.includes(name) && name !== 'log.db');
    for (const name of [...others, 'log.db']) await rename(join(staging, name), join(dir, name));
  } catch (error) {
    await lifecycle.stop(config.shutdownDeadlineMs).catch(() => undefined);
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
}

async function inBatches(path: string, take: (rows: readonly unknown[]) => Promise<void>): Promise<void> {
  let rows: unknown[] = [];
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    rows.push(JSON.parse(line));
    if (rows.length < batchRows) continue;
    await take(rows);
    rows = [];
  }
  if (rows.length > 0) await take(rows);
}

async function mustBeFree(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined) return;
  if ((await ownerOf(folder)) !== undefined) {
    throw new CliptideError('busy', 'a process works on this data folder', {
      where: folder,
      hint: 'stop it, and restore into a new folder with --data DIR',
    });
  }
  if (found.isDirectory() && (await readdir(folder)).length === 0) return;
  throw new CliptideError('usage', 'this folder is not empty', {
    where: folder,
    hint: 'a backup is restored into a new folder only: name one with --data DIR, or move this one away',
  });
}

function mustFit({ of }: Manifest, wanted: Manifest['of'], file: string): void {
  if (of === wanted) return;
  throw new CliptideError('usage', `this is the backup of a ${of}, and is not restored into a ${wanted}`, {
    where: file,
    hint: of === 'cluster' ? 'configure a cluster' : 'restore it without a cluster in the configuration',
  });
}
