import { CliptideError } from './errors.ts';
import type { ChannelSettings } from './records.gen.ts';
import type { Keeping, Spending } from './scopes.ts';

/** How a node's cap on its data folder is shared out, in bytes; the parts sum up to no more than the cap. */
export interface Shares {
  /** Cached segments, in the quota ledger. */
  readonly cache: number;
  /** Stored clips, in the quota ledger. */
  readonly clips: number;
  /** Kept files of broadcasts' events, in the quota ledger: the oldest go when a new one needs room. */
  readonly events: number;
  /** The event log: its oldest records go when it is larger. */
  readonly log: number;
  /** The results engine's files: the oldest rows of its large tables go before they take more. */
  readonly results: number;
  /** What is being rendered, in the quota ledger. */
  readonly work: number;
  /** Headroom of the ledger and of what the file system needs itself. */
  readonly headroom: number;
}

/** What an empty log and empty results take, with room for one clip at work. */
export const leastCapBytes = 1e8;

/**
 * A quarter of the cap for the event log, an eighth for the results, a tenth for renders at work, a fortieth as headroom,
 * a sixteenth for kept events, the cache what is configured, and clips the rest.
 * Throws `budget` when the cap is too small for anything, `config` when the cache leaves nothing for clips.
 */
export function sharesOf(capBytes: number, cacheCapBytes: number): Shares {
  if (capBytes < leastCapBytes) {
    throw new CliptideError('budget', `dataCapBytes (${capBytes}) is less than an empty data folder needs`, {
      where: 'dataCapBytes',
      hint: `make it ${leastCapBytes} or more`,
    });
  }
  const log = Math.floor(capBytes / 4);
  const results = Math.floor(capBytes / 8);
  const work = Math.floor(capBytes / 10);
  const headroom = Math.floor(capBytes / 40);
  const events = Math.floor(capBytes / 16);
  const most = capBytes - log - results - work - headroom - events;
  const clips = most - cacheCapBytes;
  if (clips > 0) return { cache: cacheCapBytes, clips, events, log, results, work, headroom };
  throw new CliptideError('config', 'cacheCapBytes leaves no room for clips within dataCapBytes', {
    where: 'cacheCapBytes',
    hint: `make it less than ${most}, or dataCapBytes larger`,
  });
}

/** Caps of the quota ledger's scopes that are no channel's, in bytes; null is no bound. */
export interface ScopeCaps {
  readonly cache: number;
  readonly work: number;
  readonly events: number;
  /** Null where clips lie in a bucket: it is no disk of a node's. */
  readonly clips: number | null;
  /** Of each channel's newest segments. */
  readonly tail: number;
}

const blockBytes = 4096;

/** What a file of so many bytes takes on the disk, in whole blocks. */
export const blocksOf = (bytes: number): number => Math.ceil(bytes / blockBytes) * blockBytes;

/** More bytes than any disk has: the share of clips in a bucket. */
export const boundless = 2 ** 52;

/** More clips than any disk holds: the cap of a channel that has none of its own. */
export const countless = 1e9;

/** The fields of a channel's settings that are budgets. */
export const limitNames = [
  'clipBytes',
  'clipCount',
  'clipDays',
  'fetchedBytesPerHour',
  'renderSecondsPerDay',
  'llmTokensPerDay',
  'llmCostPerDay',
] as const;
export type LimitName = (typeof limitNames)[number];

/** What a channel may keep and spend; of what it keeps, undefined is as much as all channels together may. */
export interface ChannelLimits {
  readonly clipBytes: number | undefined;
  readonly clipCount: number | undefined;
  readonly clipDays: number | undefined;
  readonly fetchedBytesPerHour: number;
  readonly renderSecondsPerDay: number;
  readonly llmTokensPerDay: number;
  /** US dollars, with up to six decimals. */
  readonly llmCostPerDay: number;
}

type Limited = Pick<ChannelSettings, LimitName>;

/** Settings that leave every budget at its default. */
export const noLimits: Limited = {
  clipBytes: null,
  clipCount: null,
  clipDays: null,
  fetchedBytesPerHour: null,
  renderSecondsPerDay: null,
  llmTokensPerDay: null,
  llmCostPerDay: null,
};

/** The budgets of some settings and nothing else of them. */
export const limitsIn = (settings: Limited | undefined): Limited =>
  settings === undefined
    ? noLimits
    : (Object.fromEntries(limitNames.map((name) => [name, settings[name]])) as unknown as Limited);

/** A channel's own budgets, where it has some, over the configured ones. */
export function limitsOf(settings: Limited | undefined, defaults: ChannelLimits): ChannelLimits {
  const own = Object.entries(limitsIn(settings)).filter(([, value]) => value !== null);
  return { ...defaults, ...Object.fromEntries(own) };
}

/** The budget that caps a scope of a channel. */
export const limitNameOf = {
  clipBytes: 'clipBytes',
  clipCount: 'clipCount',
  fetchedBytes: 'fetchedBytesPerHour',
  renderSeconds: 'renderSecondsPerDay',
  llmTokens: 'llmTokensPerDay',
  llmCost: 'llmCostPerDay',
} as const satisfies Readonly<Record<Spending | Keeping, LimitName>>;

/** What people and programs are told amounts in. The ledger has whole numbers of it; of money, of its millionths. */
export const unitOf = {
  clipBytes: 'bytes',
  clipCount: 'clips',
  fetchedBytes: 'bytes',
  renderSeconds: 'seconds',
  llmTokens: 'tokens',
  llmCost: 'dollars',
} as const satisfies Readonly<Record<Spending | Keeping, string>>;
export type Unit = (typeof unitOf)[Spending | Keeping] | 'days';

/** What a budget is given in. */
export function unitOfLimit(name: LimitName): Unit {
  const what = (Object.keys(limitNameOf) as (Spending | Keeping)[]).find((one) => limitNameOf[one] === name);
  return what === undefined ? 'days' : unitOf[what];
}

const millionths = 1e6;

/** The cap of a scope of spending, as the ledger counts. */
export function capOf(limits: ChannelLimits, what: Spending): number {
  const limit = limits[limitNameOf[what]];
  return unitOf[what] === 'dollars' ? Math.round(limit * millionths) : limit;
}

/** Dollars as the ledger counts them, rounded up: what costs anything is never free. */
export const microdollars = (dollars: number): number =>
  // Without the noise behind the fifteenth digit, which would round up what is whole.
  Math.ceil(Number((dollars * millionths).toPrecision(15)));

/** What the ledger counted, in the unit that people are told. */
export const toldOf = (what: Spending | Keeping, amount: number): number =>
  unitOf[what] === 'dollars' ? amount / millionths : amount;

/** Whether a budget can be so much: a whole number from 0; of money, dollars from 0 with at most six decimals. */
export function isLimit(name: LimitName, value: number): boolean {
  if (name !== 'llmCostPerDay') return Number.isSafeInteger(value) && value >= 0;
  const counted = Math.round(value * millionths);
  return Number.isSafeInteger(counted) && counted >= 0 && counted / millionths === value;
}
