import {
  type ChannelLimits,
  isLimit,
  type LimitName,
  limitNameOf,
  limitNames,
  limitsIn,
  noLimits,
  type ScopeCaps,
  toldOf,
  type Unit,
  unitOf,
} from '../../domain/budgets.ts';
import { CliptideError } from '../../domain/errors.ts';
import type { ChannelSettings } from '../../domain/records.gen.ts';
import {
  type ChannelScope,
  clipsScope,
  daysScope,
  eventsScope,
  keepingScope,
  parseChannelScope,
  spendingScope,
  tailChannel,
} from '../../domain/scopes.ts';
import { defaultSettings } from '../../domain/scoring/settings.ts';
import type { Clock } from '../../ports/clock.ts';
import type { QuotaLedger, ScopeUsage } from '../../ports/ledger.ts';
import { newestSettings } from '../appliedsettings.ts';
import type { Topics } from '../broadcastrecords.ts';
import { LimitsTable } from '../budgetlimits.ts';
import { isPast } from '../budgetspent.ts';
import { toAppend } from '../records.ts';

/** What may be kept or spent in a scope and what is. */
export interface BudgetRow {
  readonly kind: 'budget';
  readonly scope: string;
  /** Empty for what is no channel's. */
  readonly channelId: string;
  /** Of `cap`, `used` and `reserved`; dollars have up to six decimals, all else is whole. */
  readonly unit: Unit;
  /** Null: no bound. */
  readonly cap: number | null;
  /** Null of days, of which nothing is counted; so is `reserved`. */
  readonly used: number | null;
  readonly reserved: number | null;
  readonly waiting: number;
  /** What to change for another cap: a key of the configuration, or a setting of the channel. */
  readonly setBy: string;
  /** Whether nobody gave that key a value. */
  readonly isDefault: boolean;
}

type UnmarkedRow = Omit<BudgetRow, 'isDefault'>;

/** The budgets that a channel has now; null where the configuration decides. */
export type LimitsRow = Pick<ChannelSettings, LimitName> & {
  readonly kind: 'limits';
  readonly channelId: string;
  /** Bytes that all clips share, where `clipBytes` is more than these; else null. */
  readonly clipsShareBytes: number | null;
  /** Whether a broadcast of it is known: its id may be mistyped. */
  readonly isKnown: boolean;
};

export interface BudgetQuestion extends Topics {
  readonly ledger: QuotaLedger;
  readonly clock: Clock;
  readonly defaults: ChannelLimits;
  /** For scopes that the ledger was not told the cap of. */
  readonly caps: ScopeCaps;
  /** Keys of the configuration that somebody gave a value. */
  readonly configured: ReadonlySet<string>;
}

/** Every scope that is in use, and the channels that have budgets of their own, by name; hours and days of now only. */
export async function budgetRows(question: BudgetQuestion): Promise<BudgetRow[]> {
  const { log, codec, ledger, clock, defaults, caps, configured } = question;
  const table = new LimitsTable({ log, codec }, defaults);
  const own = await table.own();
  const now = clock.now();
  const scopes = new Map((await ledger.scopes()).map((usage) => [usage.scope, usage]));
  for (const [channelId, limits] of own) {
    for (const name of limitNames) {
      const scope = scopeOf(channelId, name, now);
      if (limits[name] === null || scope === undefined || scopes.has(scope)) continue;
      scopes.set(scope, { scope, cap: 0, used: 0, reserved: 0, waiting: 0, generation: 0 });
    }
  }
  const shared = scopes.get(clipsScope);
  const clipsCap = shared === undefined ? caps.clips : capOfScope(shared, caps);
  const rows: UnmarkedRow[] = [];
  const keeping = new Set<string>();
  for (const usage of scopes.values()) {
    if (isPast(usage.scope, now) || isOver(usage.scope, now)) continue;
    const named = parseChannelScope(usage.scope);
    if (named?.what === 'clipBytes') keeping.add(named.channelId);
    if (named === undefined) rows.push(commonRow(usage, caps));
    else rows.push(channelRow(usage, named, { all: await table.of(named.channelId), own, clipsCap }));
  }
  for (const channelId of new Set([...keeping, ...own.keys()])) {
    const { clipDays } = await table.of(channelId);
    if (clipDays !== undefined) rows.push(daysRow(channelId, clipDays, own));
  }
  return rows
    .map((row) => ({ ...row, isDefault: !row.setBy.startsWith(ownSetting) && !configured.has(row.setBy) }))
    .sort((a, b) => (a.scope < b.scope ? -1 : 1));
}

/** The scope that a budget caps now; none for days of clips. */
function scopeOf(channelId: string, name: LimitName, nowMs: number): string | undefined {
  const what = scoped.find((one) => limitNameOf[one] === name);
  return what === undefined ? undefined : scopeNow(channelId, what, nowMs);
}

const scoped = Object.keys(limitNameOf) as ChannelScope['what'][];

const scopeNow = (channelId: string, what: ChannelScope['what'], nowMs: number): string =>
  what === 'clipBytes' || what === 'clipCount' ? keepingScope(channelId, what) : spendingScope(channelId, what, nowMs);

/** Whether a window was over before now; what is at work there may still settle. */
function isOver(scope: string, nowMs: number): boolean {
  const named = parseChannelScope(scope);
  return named !== undefined && scopeNow(named.channelId, named.what, nowMs) !== scope;
}

/** What a ledger was told stands; one that was lost may not have been told yet. */
function capOfScope({ scope, cap }: ScopeUsage, caps: ScopeCaps): number | null {
  if (scope === clipsScope && caps.clips === null) return null;
  if (cap > 0) return cap;
  const configured = { [clipsScope]: caps.clips, [eventsScope]: caps.events }[scope];
  if (configured !== undefined) return configured;
  if (tailChannel(scope) !== undefined) return caps.tail;
  if (scope.endsWith(':cache')) return caps.cache;
  return scope.endsWith(':work') ? caps.work : cap;
}

function commonRow(usage: ScopeUsage, caps: ScopeCaps): UnmarkedRow {
  const { scope, used, reserved, waiting } = usage;
  const tailOf = tailChannel(scope);
  const ofNode = scope.endsWith(':cache') ? 'cacheCapBytes' : 'dataCapBytes';
  const isInBucket = scope === clipsScope && caps.clips === null;
  const cap = capOfScope(usage, caps);
  return {
    ...{ kind: 'budget', scope, channelId: tailOf ?? '', unit: 'bytes', cap, used, reserved, waiting },
    setBy: isInBucket ? 's3.bucket' : tailOf === undefined ? ofNode : 'tail.capBytes',
  };
}

/** What a setting of a channel begins with, where a key of the configuration does not. */
const ownSetting = 'budget set: ';

type OwnLimits = ReadonlyMap<string, Pick<ChannelSettings, LimitName>>;

interface KnownLimits {
  readonly all: ChannelLimits;
  readonly own: OwnLimits;
  /** What all clips share. */
  readonly clipsCap: number | null;
}

function channelRow(
  { scope, used, reserved, waiting }: ScopeUsage,
  { channelId, what }: ChannelScope,
  { all, own, clipsCap }: KnownLimits,
): UnmarkedRow {
  const told = { unit: unitOf[what], used: toldOf(what, used), reserved: toldOf(what, reserved) };
  const name = limitNameOf[what];
  const limit = all[name];
  const isShared = name === 'clipBytes' && limit === undefined && clipsCap !== null;
  const cap = limit ?? (isShared ? clipsCap : null);
  return {
    ...{ kind: 'budget', scope, channelId, waiting, ...told, cap },
    setBy: isShared ? 'dataCapBytes' : setterOf(channelId, name, own),
  };
}

function daysRow(channelId: string, cap: number, own: OwnLimits): UnmarkedRow {
  return {
    ...{ kind: 'budget', scope: daysScope(channelId), channelId, unit: 'days', cap },
    ...{ used: null, reserved: null, waiting: 0, setBy: setterOf(channelId, 'clipDays', own) },
  };
}

const setterOf = (channelId: string, name: LimitName, own: OwnLimits): string =>
  (own.get(channelId)?.[name] ?? null) === null ? `budget.${name}` : `${ownSetting}${name}`;

/**
 * Gives a channel budgets of its own, as a record of `channel.settings`; null takes one back. All else that its settings
 * say, their time included, stays: scoring sees no change. Throws `usage` for an amount that is none.
 */
export async function setBudget(
  topics: Topics,
  channelId: string,
  limits: Readonly<Partial<Record<LimitName, number | null>>>,
  caps: Pick<ScopeCaps, 'clips'>,
): Promise<LimitsRow> {
  for (const [name, amount] of Object.entries(limits)) {
    const known = limitNames.find((one) => one === name);
    if (known !== undefined && (amount === null || isLimit(known, amount))) continue;
    throw new CliptideError('usage', `${name}=${amount} is no budget`, { hint: `they are ${limitNames.join(', ')}` });
  }
  const { highlightsPerHour, latenessMs } = defaultSettings;
  const scoring = { effectiveAtMs: 0, highlightsPerHour, latenessMs, category: '', scorerVersion: '' };
  const rest = { ...scoring, hold: 'online', top: 0, presets: [] };
  const known = await newestSettings(topics, channelId);
  const record: ChannelSettings = { ...rest, ...noLimits, ...known, ...limits, channelId };
  await topics.log.append([toAppend(topics.codec, { topic: 'channel.settings', key: channelId, record })]);
  const isMore = caps.clips !== null && record.clipBytes !== null && record.clipBytes > caps.clips;
  return {
    ...{ kind: 'limits', channelId, ...limitsIn(record) },
    clipsShareBytes: isMore ? caps.clips : null,
    // A broadcast that begins sets the time of what scoring goes by; a budget that was set before leaves it at 0.
    isKnown: (known?.effectiveAtMs ?? 0) > 0,
  };
}
