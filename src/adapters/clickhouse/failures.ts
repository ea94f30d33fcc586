import { CliptideError, type ErrorCode } from '../../domain/errors.ts';

/** ClickHouse's codes that have a meaning for Cliptide; every other one is a fault of the statement. */
const codes: Readonly<Record<string, ErrorCode>> = {
  '159': 'timeout',
  '160': 'timeout',
  '202': 'unavailable',
  '209': 'unavailable',
  '210': 'unavailable',
  '236': 'unavailable',
  '241': 'unavailable',
  '243': 'space',
  '252': 'unavailable',
  '319': 'unavailable',
  '497': 'forbidden',
  '516': 'forbidden',
};

const networkCodes = /^(ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR)/;

/** Any failure of ClickHouse as a `CliptideError`; `unavailable` when the store is away. */
export function fromClickHouse(error: unknown, where: string): CliptideError {
  if (error instanceof CliptideError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const engine = engineCode(error);
  if (engine !== undefined) {
    const code = codes[engine] ?? 'internal';
    const hint = code === 'space' ? { hint: 'free some space on the disk of the data folder' } : {};
    return new CliptideError(code, `ClickHouse: ${message.trim()}`, { where, ...hint, cause: error });
  }
  const network = networkCodes.test(String((error as { code?: unknown } | null)?.code ?? ''));
  const away = network || /timeout|closed|socket hang up/i.test(message);
  return new CliptideError(away ? 'unavailable' : 'internal', `ClickHouse: ${message}`, { where, cause: error });
}

/**
 * The engine's own code, such as `62`; undefined for what it did not say itself. Not by class: chDB's connection and
 * the client each bring a `ClickHouseError` of their own.
 */
export function engineCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^\d+$/.test(code) ? code : undefined;
}
