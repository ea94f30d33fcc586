import { hostname } from 'node:os';
import type { Config } from '../../config/config.ts';
import { CliptideError } from '../../domain/errors.ts';
import { cacheNode, nodePrefix, nodeScopes } from '../../domain/scopes.ts';
import type { KnownScopes } from '../../ports/knownscopes.ts';
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

/**
 * Rejects with `usage` where the data folder remembers a cache of another node only: the ledger of that node would be
 * set by this disk. A folder that remembers none takes the word of the ledger, in which other nodes may have theirs; a
 * ledger that is new or was lost knows none.
 */
export async function mustKeep(
  node: string,
  { known, ledger }: { readonly known: KnownScopes; readonly ledger: QuotaLedger },
): Promise<void> {
  const { cache } = nodeScopes(node);
  const here = await known.all();
  const nodesHere = nodesOf(here);
  if (nodesHere.length > 0) {
    if (here.some(({ scope }) => scope === cache)) return;
    throw new CliptideError('usage', `the cache of this data folder is not kept by a node ${JSON.stringify(node)}`, {
      where: '--node',
      hint: `give the name of the node that uses this data folder: ${nodesHere.join(' or ')}; or the folder of that node: --data`,
    });
  }
  const all = await ledger.scopes(nodePrefix);
  const nodes = nodesOf(all);
  if (nodes.length === 0 || all.some(({ scope }) => scope === cache)) return;
  throw new CliptideError('usage', `the ledger knows no cache of a node ${JSON.stringify(node)}`, {
    where: '--node',
    hint: `give the name of the node that uses this data folder; those with a cache are ${nodes.join(', ')}`,
  });
}

const nodesOf = (scopes: readonly { readonly scope: string }[]): readonly string[] =>
  scopes.flatMap(({ scope }) => cacheNode(scope) ?? []);
