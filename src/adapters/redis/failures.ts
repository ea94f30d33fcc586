import { CliptideError, type ErrorCode } from '../../domain/errors.ts';

interface Meaning {
  readonly code: ErrorCode;
  readonly hint: string;
}

const reachable = 'check that Redis runs and can be reached at redis.url (CLIPTIDE_REDIS_URL)';

/** The words with which Redis begins an error, where they are not for now only. */
const meanings: Readonly<Record<string, Meaning>> = {
  WRONGPASS: { code: 'forbidden', hint: 'check redis.username and redis.password' },
  NOAUTH: { code: 'forbidden', hint: 'set redis.password, and redis.username where it is not the default user' },
  NOPERM: { code: 'forbidden', hint: "give the user the rights on commands and keys that Cliptide's manual lists" },
  DENIED: { code: 'forbidden', hint: 'set a password in Redis and redis.password here' },
  MOVED: { code: 'config', hint: 'set redis.url to a single server: the nodes of a Redis Cluster are not followed' },
  CROSSSLOT: {
    code: 'config',
    hint: 'set redis.url to a single server: the nodes of a Redis Cluster are not followed',
  },
  ERR: { code: 'internal', hint: 'Redis 7 or newer is needed' },
  NOSCRIPT: { code: 'internal', hint: 'Redis 7 or newer is needed' },
  WRONGTYPE: { code: 'internal', hint: 'another program writes keys with this prefix: choose another redis.prefix' },
  OOM: { code: 'unavailable', hint: 'give Redis more memory (maxmemory)' },
  MISCONF: { code: 'unavailable', hint: "Redis cannot write its own files: free some space on its server's disk" },
};

/** What a script is told that does what its user may not. */
const refusedInScript = /ACL failure|can't run this command|can't access at least one of the keys/;
const untrusted = /^(CERT_|ERR_TLS_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)/;

/** Any error of ioredis as one of ours: away for now unless it is known to be final. */
export function redisFailure(error: unknown, where: string): CliptideError {
  if (error instanceof CliptideError) return error;
  const { name, message, code } = parts(error);
  const details = { where, cause: withoutArguments(error) };
  if (['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError'].includes(name)) {
    return new CliptideError('internal', message, details);
  }
  if (untrusted.test(code)) {
    const hint = 'set redis.ca to the authorities that signed the certificate of Redis';
    return new CliptideError('unavailable', `the certificate of Redis is not trusted: ${message}`, {
      ...details,
      hint,
    });
  }
  // A failure in a script has the word in front of it or behind "ERR".
  const word = refusedInScript.test(message) ? 'NOPERM' : (/^(?:ERR )?([A-Z]{3,})\b/.exec(message)?.[1] ?? '');
  const meaning = meanings[word];
  if (meaning !== undefined) {
    return new CliptideError(meaning.code, `Redis refuses: ${message}`, { ...details, hint: meaning.hint });
  }
  return new CliptideError('unavailable', `Redis is away: ${message}`, { ...details, hint: reachable });
}

function parts(error: unknown): { readonly name: string; readonly message: string; readonly code: string } {
  const { name, message, code } = error as { name?: unknown; message?: unknown; code?: unknown };
  return { name: String(name), message: String(message ?? error), code: String(code ?? '') };
}

/** ioredis hangs the command with its arguments on its errors: that of signing in has the password among them. */
function withoutArguments(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const plain = new Error(error.message);
  plain.name = error.name;
  if (error.stack !== undefined) plain.stack = error.stack;
  return plain;
}
