import type { ChannelLimits } from '../domain/budgets.ts';
import { CliptideError, toCliptideError } from '../domain/errors.ts';
import { clipsScope, keepingScope } from '../domain/scopes.ts';
import type { QuotaLedger } from '../ports/ledger.ts';
import { held } from './budgetlease.ts';
import { keepingRefusal } from './keeprefusal.ts';
import { reserveAll } from './reserveall.ts';

export interface ClipBudget {
  readonly ledger: QuotaLedger;
  readonly limits: (channelId: string) => Promise<ChannelLimits>;
  /** Bytes of a local file. */
  readonly sizeOf: (path: string) => Promise<number>;
  /** Rejects with `space` where the disk has no room for so many bytes. */
  readonly mustLeaveFree: (bytes: number) => Promise<void>;
  /** Makes room among a channel's own clips; says whether it removed something. */
  readonly makeRoom: (channelId: string, room: Room) => Promise<boolean>;
  /** What `makeRoom` would remove. */
  readonly removable: (channelId: string, room: Room) => Promise<Room>;
}

/** What is about to be stored. */
export interface Room {
  /** In blocks. */
  readonly bytes: number;
  readonly clips: number;
}

interface Charge {
  readonly scope: string;
  readonly amount: number;
}

const ttlMs = 60_000;

/** Room in the ledger for files that are being stored. */
export interface Charging {
  /** Counts all that was reserved as used, once. */
  readonly charge: () => Promise<void>;
  /** Gives back all but this. */
  readonly end: (kept: Room) => Promise<void>;
}

/** Reserves it; rejects with `budget`. */
export async function chargingOf(
  budget: ClipBudget,
  channelId: string | undefined,
  room: Room,
  holder: string,
): Promise<Charging> {
  const { ledger } = budget;
  const charges = chargesOf(channelId, room);
  const requests = charges.map((charge) => ({ ...charge, holder, ttlMs }));
  const reserved = await fitting(budget, channelId, room, () => reserveAll(ledger, requests));
  const holding = reserved.map((one) => held(ledger, one, ttlMs));
  const charged: Charge[] = [];
  return {
    charge: async () => {
      for (const [index, charge] of charges.entries()) {
        if (index < charged.length) continue;
        await holding[index]?.commit(charge.amount).catch(ended);
        charged.push(charge);
      }
    },
    end: async (kept) => {
      for (const one of holding) await one.release();
      const stays = new Map(chargesOf(channelId, kept).map(({ scope, amount }) => [scope, amount]));
      const back = charged.map(({ scope, amount }) => ({ scope, amount: amount - (stays.get(scope) ?? 0) }));
      await giveBack(
        ledger,
        back.filter(({ amount }) => amount > 0),
      );
    },
  };
}

/** Not for good: whoever slept through its lease may store the clip at the next try. */
function ended(error: unknown): never {
  const known = toCliptideError(error);
  if (known.code !== 'fenced') throw known;
  const message = 'the reservation for this clip ended before it was stored';
  throw new CliptideError('unavailable', message, { where: known.where ?? clipsScope, cause: known });
}

/** Reserves; as long as a channel's own older clips make room, again. */
async function fitting<R>(
  { makeRoom, limits }: ClipBudget,
  channelId: string | undefined,
  room: Room,
  reserve: () => Promise<R>,
): Promise<R> {
  while (true) {
    try {
      return await reserve();
    } catch (error) {
      const isFull = error instanceof CliptideError && error.code === 'budget';
      if (!isFull || channelId === undefined) throw error;
      if (!(await makeRoom(channelId, room))) throw await keepingRefusal(error, limits);
    }
  }
}

/** What a file is charged to; the channel is absent where it is no channel's. */
export function chargesOf(channelId: string | undefined, { bytes, clips }: Room): readonly Charge[] {
  const whole = { scope: clipsScope, amount: bytes };
  if (channelId === undefined) return [whole];
  const own = { scope: keepingScope(channelId, 'clipBytes'), amount: bytes };
  const count = { scope: keepingScope(channelId, 'clipCount'), amount: clips };
  return clips === 0 ? [own, whole] : [own, count, whole];
}

export async function giveBack(ledger: QuotaLedger, charges: readonly Charge[]): Promise<void> {
  for (const { scope, amount } of charges) await ledger.refund(scope, amount);
}
