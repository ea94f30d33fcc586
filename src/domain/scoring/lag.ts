/** Seconds from a moment's start or end to the second in which chat tells of it: of a crossing (online) or a maximum (ranked). */
export interface Lag {
  readonly onlineStartSec: number;
  readonly onlineEndSec: number;
  readonly rankedStartSec: number;
  readonly rankedEndSec: number;
  /** How far a moment's start usually lies from where the lag puts it: a standard deviation. Absent where it was not measured. */
  readonly startErrorSec?: number | undefined;
  /** The same of its end. */
  readonly endErrorSec?: number | undefined;
}

/** How much longer than in its category chat lags in a channel, as people's decisions showed; negative where it is quicker. */
export interface ChannelLag {
  readonly channelId: string;
  readonly startShiftSec: number;
  readonly endShiftSec: number;
  readonly startErrorSec: number;
  readonly endErrorSec: number;
  /** How many decisions it was learned from. */
  readonly decisions: number;
}

/** The lag of a broadcast whose category is unknown, those of the categories that were measured, and what channels add. */
export interface LagPrior extends Lag {
  readonly categories?: readonly (Lag & { readonly name: string })[] | undefined;
  readonly channels?: readonly ChannelLag[] | undefined;
}

/** A moment lasts at least so long, whatever a channel's shifts say. */
export const leastSpanSec = 4;

const folded = (name: string): string => name.trim().toLowerCase();

/** The lag of a category, by the platform's name of it, in whatever case, with what the channel adds. */
export function lagOf(prior: LagPrior, category: string, channelId?: string): Lag {
  const name = folded(category);
  const lag = prior.categories?.find((known) => folded(known.name) === name) ?? prior;
  const channel = prior.channels?.find((known) => known.channelId === channelId);
  return channel === undefined ? lag : shifted(lag, channel);
}

function shifted(lag: Lag, { startShiftSec, endShiftSec, startErrorSec, endErrorSec }: ChannelLag): Lag {
  const onlineStartSec = Math.max(leastSpanSec, lag.onlineStartSec + startShiftSec);
  const rankedStartSec = Math.max(leastSpanSec, lag.rankedStartSec + startShiftSec);
  const end = (endSec: number, startSec: number): number =>
    Math.min(startSec - leastSpanSec, Math.max(0, endSec + endShiftSec));
  return {
    onlineStartSec,
    onlineEndSec: end(lag.onlineEndSec, onlineStartSec),
    rankedStartSec,
    rankedEndSec: end(lag.rankedEndSec, rankedStartSec),
    startErrorSec,
    endErrorSec,
  };
}

/** Second in which a moment begins that chat told of in a second. One before the broadcast's zero is put there. */
export const startOf = (second: number, startLagSec: number): number =>
  second >= 0 ? Math.max(0, second - startLagSec) : second - startLagSec;
