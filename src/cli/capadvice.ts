/** What to do where a node's or a store's scope of the quota ledger is full. */
export function capAdvice(scope: string): string {
  if (/^node:[^:]*:cache$/.test(scope)) {
    return 'raise cacheCapBytes, which counts towards dataCapBytes (docs/configuration.md)';
  }
  return 'raise dataCapBytes (docs/configuration.md)';
}

/** The scope that an error on a clip's record ends with, in brackets; empty where there is none. */
export const scopeIn = (error: string): string => /\(([^()\s]+)\)$/.exec(error)?.[1] ?? '';
