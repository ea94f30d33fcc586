import type { ChannelLag, LagPrior } from '../scoring/lag.ts';
import { type Decision, isApproved } from './decisions.ts';

/** How far the lags of channels lie from those of their categories: a standard deviation. */
const channelSpreadSec = 5;
/** Where the model does not know how far a moment's bounds lie from where its lags put them. */
const unknownErrorSec = 10;
/** Who approves a moment without moving its bounds says less about them than who trims it: twice the error. */
const approvalError = 2;
/** A shift that is larger is of another moment, or a clip of a length that somebody liked; it counts as this. */
const mostShiftSec = 20;
/** With how many trims the model's own error of a bound is outweighed. */
const priorTrims = 10;

interface Observation {
  readonly shiftSec: number;
  readonly isTrim: boolean;
}

const clipped = (shiftSec: number): number => Math.min(mostShiftSec, Math.max(-mostShiftSec, shiftSec));

/** The shift that the observations and the prior around 0 make likely (normal with known variances), and its variance. */
function posterior(observed: readonly Observation[], errorSec: number): { shiftSec: number; variance: number } {
  let precision = 1 / channelSpreadSec ** 2;
  let weighted = 0;
  for (const { shiftSec, isTrim } of observed) {
    const share = 1 / (errorSec * (isTrim ? 1 : approvalError)) ** 2;
    precision += share;
    weighted += share * shiftSec;
  }
  return { shiftSec: weighted / precision, variance: 1 / precision };
}

/** Standard deviation of a bound of a next moment: the scatter of the trims around the shift, and the shift's own error. */
function errorOf(observed: readonly Observation[], errorSec: number): { shiftSec: number; errorSec: number } {
  const { shiftSec, variance } = posterior(observed, errorSec);
  const trims = observed.filter(({ isTrim }) => isTrim);
  const squares = trims.reduce((sum, one) => sum + (one.shiftSec - shiftSec) ** 2, 0);
  const scatter = (priorTrims * errorSec ** 2 + squares) / (priorTrims + trims.length);
  return { shiftSec: Math.round(shiftSec), errorSec: Number(Math.sqrt(scatter + variance).toFixed(1)) };
}

function observations(decisions: readonly Decision[], of: 'startShiftSec' | 'endShiftSec'): readonly Observation[] {
  return decisions.flatMap((one) => {
    const shiftSec = one[of];
    return shiftSec === null ? [] : [{ shiftSec: clipped(shiftSec), isTrim: one.decision === 'trimmed' }];
  });
}

/** What each channel's lag is longer by than its category's, as the bounds of approved and trimmed moments show. */
export function channelLags(decisions: readonly Decision[], prior: LagPrior): readonly ChannelLag[] {
  const telling = decisions.filter((one) => isApproved(one) && one.startShiftSec !== null);
  const channels = [...new Set(telling.map(({ channelId }) => channelId))].sort();
  return channels.map((channelId) => {
    const own = telling.filter((one) => one.channelId === channelId);
    const start = errorOf(observations(own, 'startShiftSec'), prior.startErrorSec ?? unknownErrorSec);
    const end = errorOf(observations(own, 'endShiftSec'), prior.endErrorSec ?? unknownErrorSec);
    return {
      channelId,
      startShiftSec: start.shiftSec,
      endShiftSec: end.shiftSec,
      startErrorSec: start.errorSec,
      endErrorSec: end.errorSec,
      decisions: own.length,
    };
  });
}
