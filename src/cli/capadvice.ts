import { limitNameOf } from '../domain/budgets.ts';
import { cacheNode, parseChannelScope } from '../domain/scopes.ts';

/** Which key to raise where a scope of the quota ledger is full. */
export function capAdvice(scope: string): string {
  const channel = parseChannelScope(scope);
  // Without a budget of its own a channel may have what all clips share.
  if (channel?.what === 'clipBytes')
    return 'raise budget.clipBytes, or dataCapBytes where it is not set (docs/budgets.md)';
  if (channel !== undefined) return `raise budget.${limitNameOf[channel.what]} (docs/budgets.md)`;
  if (cacheNode(scope) !== undefined) {
    return 'raise cacheCapBytes, which counts towards dataCapBytes (docs/configuration.md)';
  }
  return 'raise dataCapBytes (docs/configuration.md)';
}

/** The scope that an error on a clip's record ends with, in brackets; empty where there is none. */
export const scopeIn = (error: string): string => /\(([^()\s]+)\)$/.exec(error)?.[1] ?? '';
