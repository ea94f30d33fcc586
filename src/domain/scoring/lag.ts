/** Seconds from a moment's start or end to the second in which chat tells of it: of a crossing (online) or a maximum (ranked). */
export interface Lag {
  readonly onlineStartSec: number;
  readonly onlineEndSec: number;
  readonly rankedStartSec: number;
  readonly rankedEndSec: number;
}

/** The lag of a broadcast whose category is unknown, and those of the categories that were measured. */
export interface LagPrior extends Lag {
  readonly categories?: readonly (Lag & { readonly name: string })[] | undefined;
}

const folded = (name: string): string => name.trim().toLowerCase();

/** The lag of a category, by the platform's name of it, in whatever case. */
export function lagOf(prior: LagPrior, category: string): Lag {
  const name = folded(category);
  return prior.categories?.find((known) => folded(known.name) === name) ?? prior;
}

/** Second in which a moment begins that chat told of in a second. One before the broadcast's zero is put there. */
export const startOf = (second: number, startLagSec: number): number =>
  second >= 0 ? Math.max(0, second - startLagSec) : second - startLagSec;
