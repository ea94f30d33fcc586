import { hostname } from 'node:os';
import type { Config } from '../../config/config.ts';
import { CliptideError } from '../../domain/errors.ts';
import { cacheNode, nodePrefix, nodeScopes } from '../../domain/scopes.ts';
import type { QuotaLedger } from '../../ports/ledger.ts';

/**
 * Name of the node that keeps the cache of the configured data folder. Throws `usage` where another is `asked` for and
 * no cluster is configured: then it is this machine.
 */
export function keeperOf({ cluster, node }: Pick<Config, 'cluster' | 'node'>, asked: string | undefined): string {
  if (cluster !== undefined) return node;
  const here = hostname();
  if (asked === undefined || asked === here) return here;
  throw new CliptideError('usage', `the cache of this data folder is not kept by a node ${JSON.stringify(asked)}`, {
    where: '--node',
    hint: `leave --node away: without a cluster it is this machine's, ${here}`,
  });
}

/** Rejects with `usage` where the ledger knows nodes with caches, but not this one; one that is new or was lost knows none. */
export async function mustBeKnown(ledger: QuotaLedger, node: string): Promise<void> {
  const scopes = (await ledger.scopes(nodePrefix)).map(({ scope }) => scope);
  const known = scopes.flatMap((scope) => cacheNode(scope) ?? []);
  if (known.length === 0 || scopes.includes(nodeScopes(node).cache)) return;
  throw new CliptideError('usage', `the ledger knows no cache of a node ${JSON.stringify(node)}`, {
    where: '--node',
    hint: `give the name of the node that uses this data folder; those with a cache are ${known.join(', ')}`,
  });
}
