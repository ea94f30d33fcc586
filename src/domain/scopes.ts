/** Scopes of the quota ledger that are as wide as the clip store, which all nodes have in common; bytes in blocks. */
export const clipsScope = 'clips';
export const eventsScope = 'events';

/** Prefix of all scopes of nodes; their names are percent-encoded. */
export const nodePrefix = 'node:';

/** Scopes of a node's own disk; bytes in blocks. */
export const nodeScopes = (nodeId: string) => ({
  cache: `${nodePrefix}${encodeURIComponent(nodeId)}:cache`,
  /** What renders write before their clips go into the store. */
  work: `${nodePrefix}${encodeURIComponent(nodeId)}:work`,
});

/** The node whose media cache a scope is of; undefined for any other. */
export function cacheNode(scope: string): string | undefined {
  const name = /^node:([^:]*):cache$/.exec(scope)?.[1];
  return name === undefined ? undefined : decodeURIComponent(name);
}

/** What a channel has budgets of; `llmCost` in millionths of a US dollar. */
export type Spending = 'fetchedBytes' | 'renderSeconds' | 'llmTokens' | 'llmCost';
export type Keeping = 'clipBytes' | 'clipCount';

/** The time in which a budget holds; then the next begins with nothing spent. */
export const windowMs: Readonly<Record<Spending, number>> = {
  fetchedBytes: 3_600_000,
  renderSeconds: 86_400_000,
  llmTokens: 86_400_000,
  llmCost: 86_400_000,
};

/** What a name of a scope says. */
export interface ChannelScope {
  readonly channelId: string;
  readonly what: Spending | Keeping;
  /** Of spending: when its window began, milliseconds since 1970-01-01 UTC. */
  readonly fromMs: number | undefined;
}

/** Prefix of all scopes of channels; ids are percent-encoded, so that none runs into what follows. */
export const channelPrefix = 'channel:';

/** Scope of the clips that a channel has in the store: bytes in blocks, or their number. */
export const keepingScope = (channelId: string, what: Keeping): string =>
  `${channelPrefix}${encodeURIComponent(channelId)}:${what}`;

/** Name of the budget of days that a channel's clips are kept; nothing is counted in it, so the ledger has no such scope. */
export const daysScope = (channelId: string): string => `${channelPrefix}${encodeURIComponent(channelId)}:clipDays`;

/** Scope of what a channel spends in the window that `atMs` lies in: an hour or a day, both of UTC. */
export function spendingScope(channelId: string, what: Spending, atMs: number): string {
  const start = new Date(Math.floor(atMs / windowMs[what]) * windowMs[what]).toISOString();
  const name = start.slice(0, what === 'fetchedBytes' ? 'yyyy-mm-ddThh'.length : 'yyyy-mm-dd'.length);
  return `${channelPrefix}${encodeURIComponent(channelId)}:${what}:${name}`;
}

/** Scope of the newest segments that are kept of a channel's live archives, in bytes. */
export const tailScope = (channelId: string): string => `${channelPrefix}${encodeURIComponent(channelId)}:tail`;

/** The channel of such a scope; undefined for any other. */
export function tailChannel(scope: string): string | undefined {
  const id = /^channel:([^:]*):tail$/.exec(scope)?.[1];
  return id === undefined ? undefined : decodeURIComponent(id);
}

/** Nothing is used of such a scope: what is kept stays reserved until it is let go of. */
export const isTailScope = (scope: string): boolean => tailChannel(scope) !== undefined;

const channelScope =
  /^channel:([^:]*):(?:(clipBytes|clipCount)|(fetchedBytes):(\d{4}-\d\d-\d\dT\d\d)|(renderSeconds|llmTokens|llmCost):(\d{4}-\d\d-\d\d))$/;

/** What a scope's name says; undefined for one that is no channel's. */
export function parseChannelScope(scope: string): ChannelScope | undefined {
  const [, id, kept, hourly, hour, daily, day] = channelScope.exec(scope) ?? [];
  const what = (kept ?? hourly ?? daily) as ChannelScope['what'] | undefined;
  if (id === undefined || what === undefined) return undefined;
  const from = day ?? (hour === undefined ? undefined : `${hour}:00Z`);
  return { channelId: decodeURIComponent(id), what, fromMs: from === undefined ? undefined : Date.parse(from) };
}
