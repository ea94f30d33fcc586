import { inspect } from 'node:util';
import { toCliptideError } from '../domain/errors.ts';
import { printable } from './printable.ts';

/**
 * An error as a block for people: what happened, where, what to do. With `debug` its causes and stacks follow; without
 * it only a fault of Cliptide's own says how to see them.
 */
export function describeFailure(error: unknown, debug: boolean): string {
  const failure = toCliptideError(error);
  const own =
    failure.code === 'internal' ? 'this is a fault of Cliptide; CLIPTIDE_DEBUG=1 shows where it arose' : undefined;
  const hint = failure.hint ?? own;
  const lines = [
    `cliptide: ${printable(failure.message, true)}`,
    ...(failure.where === undefined || failure.where === '' ? [] : [`  where: ${printable(failure.where)}`]),
    ...(hint === undefined ? [] : [`  to do: ${printable(hint, true)}`]),
    ...(debug ? [inspect(error, { depth: 5 })] : []),
  ];
  return `${lines.join('\n')}\n`;
}
