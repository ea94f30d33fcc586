import { constants } from 'node:fs';
import { access, readdir, readFile, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isAlive } from '../../adapters/clickhouse/owner.ts';
import type { DataConfig } from '../../config/config.ts';
import { leastCapBytes } from '../../domain/budgets.ts';
import { formatBytes } from '../bytes.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import { allocatedBytes } from './usage.ts';

/** The data folder: whether it can be written, what it holds against its cap, free space, and who owns it. */
export async function checkFolder(data: DataConfig): Promise<Finding[]> {
  const there = await nearestExisting(data.dir);
  const info = await stat(there);
  if (!info.isDirectory()) return [fail('data folder', `${there} is no folder`, 'choose another dataDir')];
  try {
    await access(there, constants.W_OK | constants.X_OK);
  } catch {
    return [
      fail('data folder', `${there} cannot be written`, 'change its owner or its mode, or choose another dataDir'),
    ];
  }
  const isNew = there !== data.dir;
  return [
    ok('data folder', isNew ? `${data.dir}, made on first use` : data.dir),
    usage(isNew ? 0 : await allocatedBytes(data.dir), data.capBytes),
    await freeSpace(there, data.freeSpaceFloorBytes),
    await owner(data.dir),
  ];
}

async function nearestExisting(path: string): Promise<string> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  return exists || dirname(path) === path ? path : nearestExisting(dirname(path));
}

function usage(used: number, cap: number): Finding {
  const found = `${formatBytes(used)} of ${formatBytes(cap)}`;
  if (cap < leastCapBytes)
    return fail('disk cap', found, `raise dataCapBytes to ${formatBytes(leastCapBytes)} or more`);
  if (used > cap) return fail('disk cap', found, 'raise dataCapBytes, or delete clips that are not needed any more');
  if (used > cap * 0.9) return warn('disk cap', found, 'raise dataCapBytes before it is reached');
  return ok('disk cap', found);
}

async function freeSpace(path: string, floor: number): Promise<Finding> {
  const disk = await statfs(path);
  const free = disk.bavail * disk.bsize;
  const found = `${formatBytes(free)}, floor ${formatBytes(floor)}`;
  if (free >= floor) return ok('free space', found);
  return fail('free space', found, 'free some space on this disk, or lower freeSpaceFloorBytes');
}

/** Id of the running process that owns a data folder. */
export async function ownerOf(dir: string): Promise<number | undefined> {
  const pid = await writtenOwner(dir);
  return pid > 0 && isAlive(pid) ? pid : undefined;
}

/** The log's file is locked by the kernel; its owner leaves its process id beside it. */
async function writtenOwner(dir: string): Promise<number> {
  const names = await readdir(dir).catch(() => []);
  const file = names.find((name) => name.endsWith('.owner'));
  return file === undefined ? 0 : Number(await readFile(join(dir, file), 'utf8').catch(() => '0'));
}

async function owner(dir: string): Promise<Finding> {
  const pid = await writtenOwner(dir);
  if (!(pid > 0)) return ok('owner', 'none');
  return isAlive(pid) ? ok('owner', `process ${pid} is running`) : ok('owner', `none; process ${pid} has gone`);
}
