import { CliptideError, type ErrorCode } from '../../domain/errors.ts';

/** ClickHouse's codes that have a meaning for Cliptide; every other one is a fault of the statement. */
const meanings: readonly (readonly [ErrorCode, readonly number[]])[] = [
  // TIMEOUT_EXCEEDED, TOO_SLOW
  ['timeout', [159, 160]],
  // NOT_ENOUGH_SPACE
  ['space', [243]],
  // READONLY, of users and passwords, IP_ADDRESS_NOT_ALLOWED, DATABASE_ACCESS_DENIED, ACCESS_DENIED, AUTHENTICATION_FAILED
  ['forbidden', [164, 192, 193, 194, 195, 291, 497, 516]],
  // Of the network: DNS_ERROR, SOCKET_TIMEOUT, NETWORK_ERROR, ABORTED, ALL_CONNECTION_TRIES_FAILED, QUERY_WAS_CANCELLED
  ['unavailable', [198, 209, 210, 236, 279, 394]],
  // Of load: QUOTA_EXCEEDED, TOO_MANY_SIMULTANEOUS_QUERIES, MEMORY_LIMIT_EXCEEDED, TOO_MANY_PARTS, CANNOT_SCHEDULE_TASK,
  // SERVER_OVERLOADED
  ['unavailable', [201, 202, 241, 252, 439, 745]],
  // Of replicas: NO_ZOOKEEPER, TABLE_IS_READ_ONLY, TOO_FEW_LIVE_REPLICAS, UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE,
  // UNKNOWN_STATUS_OF_INSERT, KEEPER_EXCEPTION
  ['unavailable', [225, 242, 285, 286, 319, 999]],
];
const codes: ReadonlyMap<string, ErrorCode> = new Map(
  meanings.flatMap(([code, numbers]) => numbers.map((number) => [String(number), code] as const)),
);

const hints: Readonly<Record<string, string>> = {
  space: 'free some space on the disk that ClickHouse writes to',
  forbidden: 'check clickhouse.username and clickhouse.password, and the rights of that user',
  // UNKNOWN_TABLE, UNKNOWN_DATABASE
  60: 'run "cliptide topology apply", which makes the tables',
  81: 'run "cliptide topology apply", which makes the database',
};

/** Longest part of a foreign page that is shown. */
const mostCharacters = 300;

/** Any failure of ClickHouse as a `CliptideError`; `unavailable` when the store is away. */
export function fromClickHouse(error: unknown, where: string): CliptideError {
  if (error instanceof CliptideError) return error;
  const { name, message } = error instanceof Error ? error : { name: '', message: String(error) };
  const engine = engineCode(error);
  if (engine !== undefined) {
    const code = codes.get(engine) ?? 'internal';
    const hint = hints[engine] ?? hints[code];
    const details = hint === undefined ? { where, cause: error } : { where, hint, cause: error };
    return new CliptideError(code, `ClickHouse: ${message.trim()}`, details);
  }
  const own = ['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError'].includes(name);
  // A broken connection, or the page of a proxy in front of a server that is away.
  const said = message.replace(/\s+/g, ' ').trim().slice(0, mostCharacters) || 'an empty answer';
  if (own) return new CliptideError('internal', `ClickHouse: ${said}`, { where, cause: error });
  const hint = 'check that ClickHouse runs and can be reached at clickhouse.url (CLIPTIDE_CLICKHOUSE_URL)';
  return new CliptideError('unavailable', `ClickHouse is away: ${said}`, { where, hint, cause: error });
}

/**
 * The engine's own code, such as `62`; undefined for what it did not say itself. Not by class: chDB's connection and
 * the client each bring a `ClickHouseError` of their own.
 */
export function engineCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^\d+$/.test(code) ? code : undefined;
}
