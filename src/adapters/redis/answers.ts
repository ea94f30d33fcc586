import type { ScopeUsage } from '../../ports/ledger.ts';
import type { Answer } from './scopescripts.ts';

export const numbers = ({ rest }: Answer): readonly [number, number, number] => [
  Number(rest[0]),
  Number(rest[1]),
  Number(rest[2]),
];

export function usageIn(scope: string, { generation, rest }: Answer): ScopeUsage {
  const [cap = 0, used = 0, reserved = 0, waiting = 0] = rest.map(Number);
  return { scope, cap, used, reserved, waiting, generation };
}

export const lostUsage = (scope: string): ScopeUsage => ({
  scope,
  cap: 0,
  used: 0,
  reserved: 0,
  waiting: 0,
  generation: 0,
});
