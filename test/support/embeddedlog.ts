import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/adapters/embedded/clock.ts';
import { EmbeddedEventLog } from '../../src/adapters/embedded/eventlog.ts';
import { openStore } from '../../src/adapters/embedded/store.ts';
import type { Clock } from '../../src/ports/clock.ts';

/** The system's clock, which a test can put forward. */
export class ShiftedClock implements Clock {
  aheadMs = 0;
  readonly sleep = systemClock.sleep;

  now(): number {
    return systemClock.now() + this.aheadMs;
  }
}

/** A new folder for a test's files. */
export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'cliptide-'));

/** Over a file, which `reopen` closes and opens again, or `:memory:`. */
export function embeddedLog(file: string, maxBytes?: number) {
  const clock = new ShiftedClock();
  const options = maxBytes === undefined ? { clock } : { clock, maxBytes };
  let store = openStore(file);
  let log = new EmbeddedEventLog({ store, ...options });
  const close = async (): Promise<void> => {
    await log.close();
    store.close();
  };
  return {
    clock,
    get log() {
      return log;
    },
    get store() {
      return store;
    },
    close,
    reopen: async () => {
      await close();
      store = openStore(file);
      log = new EmbeddedEventLog({ store, ...options });
    },
  };
}

/** `embeddedLog` over a file in a folder of its own, as the event log's contract wants it. */
export function embeddedLogHarness() {
  const folder = temporaryFolder();
  const opened = embeddedLog(join(folder, 'log.db'));
  return {
    get log() {
      return opened.log;
    },
    reopen: opened.reopen,
    passTime: async () => {
      opened.clock.aheadMs += 10;
    },
    expire: async () => {
      opened.clock.aheadMs += 7_200_000;
      await opened.log.sweep(opened.clock.now());
    },
    compact: async () => {
      await opened.log.sweep(opened.clock.now());
    },
    close: async () => {
      await opened.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
