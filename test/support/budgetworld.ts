import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/adapters/embedded/clock.ts';
import { openLedger } from '../../src/adapters/embedded/ledger.ts';
import { pinoLogger } from '../../src/adapters/logging/pino.ts';
import { budgetParts } from '../../src/cli/node/budget.ts';
import { openStorage } from '../../src/cli/node/storage.ts';
import { type ChannelLimits, noLimits } from '../../src/domain/budgets.ts';
import type { BudgetEntry, ChannelSettings } from '../../src/domain/records.gen.ts';
import { defaultSettings } from '../../src/domain/scoring/settings.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { QuotaLedger } from '../../src/ports/ledger.ts';
import type { BudgetParts } from '../../src/runtime/budgetrecord.ts';
import { Lifecycle } from '../../src/runtime/lifecycle.ts';
import { readableInput, toAppend } from '../../src/runtime/records.ts';
import { scan } from '../../src/runtime/scan.ts';
import type { StatefulDependencies } from '../../src/runtime/stateful.ts';
import { VirtualClock } from './virtualclock.ts';

export const channelId = 'channel';
/** Before any record of a test is appended, whatever the date. */
export const startMs = Date.UTC(2020, 9, 1, 13, 30);
export const stillClock: Clock = { now: () => startMs, sleep: systemClock.sleep };
export const whole: ChannelLimits = {
  clipBytes: undefined,
  clipCount: undefined,
  clipDays: undefined,
  fetchedBytesPerHour: 1_000,
  renderSecondsPerDay: 100,
  llmTokensPerDay: 10_000,
  llmCostPerDay: 0.5,
};

/** A clock on which whoever sleeps has slept at once: nobody waits for what does not come. */
class HurriedClock implements Clock {
  #nowMs = startMs;

  now(): number {
    return this.#nowMs;
  }

  async sleep(ms: number): Promise<void> {
    this.#nowMs += ms;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Where the ledger of a world is. */
export interface LedgerPlace {
  /** Another client of it; `clock` is the one by which reservations wait for room. */
  open(clock: Clock): Promise<QuotaLedger>;
  /** Takes all away that it holds: who opens it then finds nothing. */
  lose(): Promise<void>;
}

function inFolder(folder: string): LedgerPlace {
  let lost = 0;
  const path = (): string => join(folder, `ledger-${lost}.db`);
  return {
    open: (clock) => openLedger({ path: path(), clock, uptime: () => clock.now() }),
    lose: async () => void lost++,
  };
}

/** Budgets over a log in memory and a ledger in a folder, or where else it is put, at a time that a test moves. */
export class BudgetWorld implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'cliptide-spend-'));
  readonly clock = new VirtualClock(startMs);
  readonly #lifecycle = new Lifecycle(pinoLogger({ level: 'silent' }));
  #deps: StatefulDependencies | undefined;
  #parts: BudgetParts | undefined;
  readonly #waiting: Clock;
  readonly #place: LedgerPlace;

  private constructor(waiting: Clock, place: LedgerPlace | undefined) {
    this.#waiting = waiting;
    this.#place = place ?? inFolder(this.folder);
  }

  /** `waiting` is the clock by which reservations wait for room. */
  static async open(
    limits: ChannelLimits = whole,
    waiting: Clock = new HurriedClock(),
    place?: LedgerPlace,
  ): Promise<BudgetWorld> {
    const world = new BudgetWorld(waiting, place);
    const logger = pinoLogger({ level: 'silent' });
    world.#deps = await openStorage({ folder: undefined, partitions: 2, logger }, world.#lifecycle);
    world.#parts = await world.process(limits);
    return world;
  }

  get parts(): BudgetParts {
    if (this.#parts === undefined) throw new Error('not open');
    return this.#parts;
  }

  get ledger(): QuotaLedger {
    return this.parts.ledger;
  }

  /** The budgets as another process has them, over another ledger where the first was lost. */
  async process(limits: ChannelLimits = whole, isLost = false): Promise<BudgetParts> {
    if (this.#deps === undefined) throw new Error('not open');
    if (isLost) await this.#place.lose();
    const ledger = await this.#place.open(this.#waiting);
    await this.#lifecycle.start('ledger', () => ({ value: ledger, stop: () => ledger.close() }));
    return budgetParts({ budget: limits }, ledger, { ...this.#deps, clock: this.clock, nodeId: 'node-1' });
  }

  async set(fields: Partial<ChannelSettings>): Promise<void> {
    const rest = { hold: 'online', top: 0, presets: [] };
    const record = { ...defaultSettings, ...rest, ...noLimits, channelId, ...fields };
    const { log, codec } = this.parts;
    await log.append([toAppend(codec, { topic: 'channel.settings', key: record.channelId, record })]);
  }

  async entries(): Promise<BudgetEntry[]> {
    const { log, codec } = this.parts;
    const entries: BudgetEntry[] = [];
    for (let partition = 0; partition < 2; partition += 1) {
      for await (const records of scan({ log, codec }, 'budget.entries', partition)) {
        for (const record of records) {
          const entry = readableInput<'budget.entries'>(codec, record)?.record;
          if (entry !== undefined) entries.push(entry);
        }
      }
    }
    return entries;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lifecycle.stop(10_000);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
