import { mkdirSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Layout } from './layout.ts';

const retryMs = 200;

/**
 * Runs the work while no other process changes the same services. The lock is SQLite's, which the system takes back
 * from a process that was killed.
 */
export async function locked<T>(layout: Layout, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  mkdirSync(layout.folder, { recursive: true });
  const lock = new DatabaseSync(layout.lock, { timeout: 0 });
  try {
    while (!taken(lock)) await sleep(retryMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    return await work();
  } finally {
    lock.close();
  }
}

function taken(lock: DatabaseSync): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (/locked/.test(String(error))) return false;
    throw error;
  }
}
