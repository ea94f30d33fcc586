import {
  type ChannelLimits,
  isLimit,
  type LimitName,
  limitNameOf,
  limitNames,
  limitsIn,
  noLimits,
  toldOf,
  type Unit,
  unitOf,
} from '../../domain/budgets.ts';
import { CliptideError } from '../../domain/errors.ts';
import type { ChannelSettings } from '../../domain/records.gen.ts';
import { type ChannelScope, keepingScope, parseChannelScope, spendingScope } from '../../domain/scopes.ts';
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
  readonly cap: number;
  readonly used: number;
  readonly reserved: number;
  readonly waiting: number;
  /** What to change for another cap: a key of the configuration, or a setting of the channel. */
  readonly setBy: string;
}

/** The budgets that a channel has now; null where the configuration decides. */
export type LimitsRow = { readonly kind: 'limits'; readonly channelId: string } & Pick<ChannelSettings, LimitName>;

export interface BudgetQuestion extends Topics {
  readonly ledger: QuotaLedger;
  readonly clock: Clock;
  readonly defaults: ChannelLimits;
}

/** Every scope that is in use, and the channels that have budgets of their own, by name; hours and days of now only. */
export async function budgetRows({ log, codec, ledger, clock, defaults }: BudgetQuestion): Promise<BudgetRow[]> {
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
  const rows: BudgetRow[] = [];
  for (const usage of scopes.values()) {
    if (isPast(usage.scope, now) || isOver(usage.scope, now)) continue;
    rows.push(await rowOf(usage, table, own));
  }
  return rows.sort((a, b) => (a.scope < b.scope ? -1 : 1));
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

async function rowOf(
  { scope, cap, used, reserved, waiting }: ScopeUsage,
  table: LimitsTable,
  own: ReadonlyMap<string, Pick<ChannelSettings, LimitName>>,
): Promise<BudgetRow> {
  const named = parseChannelScope(scope);
  const base = { kind: 'budget', scope, channelId: named?.channelId ?? '', waiting } as const;
  if (named === undefined) {
    const setBy = scope.endsWith(':cache') ? 'cacheCapBytes' : 'dataCapBytes';
    return { ...base, unit: 'bytes', cap, used, reserved, setBy };
  }
  const { what } = named;
  const told = { unit: unitOf[what], used: toldOf(what, used), reserved: toldOf(what, reserved) };
  const name = limitNameOf[what];
  const isOwn = (own.get(named.channelId)?.[name] ?? null) !== null;
  const limit = (await table.of(named.channelId))[name];
  const shared = name === 'clipBytes' && limit === undefined ? 'dataCapBytes' : undefined;
  const setBy = isOwn ? `budget set: ${name}` : (shared ?? `budget.${name}`);
  return { ...base, ...told, cap: limit ?? toldOf(what, cap), setBy };
}

/**
 * Gives a channel budgets of its own, as a record of `channel.settings`; null takes one back. All else that its settings
 * say, their time included, stays: scoring sees no change. Throws `usage` for an amount that is none.
 */
export async function setBudget(
  topics: Topics,
  channelId: string,
  limits: Readonly<Partial<Record<LimitName, number | null>>>,
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
  return { kind: 'limits', channelId, ...limitsIn(record) };
}
