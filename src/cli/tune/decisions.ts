import { lagOf } from '../../domain/scoring/lag.ts';
import type { Model } from '../../domain/scoring/model.ts';
import type { ModelChoice } from '../../domain/scoring/modelchoice.ts';
import { type Decision, valuesFrom } from '../../domain/tuning/decisions.ts';
import type { ResultRow } from '../../ports/results.ts';
import type { CommandContext } from '../context.ts';
import { withResults } from '../runs/asking.ts';

const columns = `channel_id, stream_id, decision, model, contributions,
  (toUnixTimestamp64Milli(found_start_at) - toUnixTimestamp64Milli(start_at)) / 1000 AS start_shift,
  (toUnixTimestamp64Milli(found_end_at) - toUnixTimestamp64Milli(end_at)) / 1000 AS end_shift`;

/**
 * What people decided of the live highlights that the results hold, oldest broadcasts first. Highlights of a model that is
 * not known say nothing about features, but still about lags.
 */
export async function readDecisions(models: ModelChoice, context: CommandContext): Promise<readonly Decision[]> {
  const query = `SELECT ${columns} FROM decisions ORDER BY peak_at, highlight_id`;
  return (await withResults(context, (ask) => ask(query))).map((row) => decisionOf(row, models));
}

function decisionOf(row: ResultRow, models: ModelChoice): Decision {
  const model = models.known(String(row.model));
  const channelId = String(row.channel_id);
  const contributions = row.contributions as Readonly<Record<string, number>>;
  return {
    channelId,
    streamId: String(row.stream_id),
    decision: row.decision as Decision['decision'],
    ...shifts(row, model, channelId),
    values: model === undefined ? new Map() : valuesFrom(model, contributions),
  };
}

/** A model that knew the channel had put the bounds by its shift already. */
function shifts(
  row: ResultRow,
  model: Model | undefined,
  channelId: string,
): Pick<Decision, 'startShiftSec' | 'endShiftSec'> {
  const shift = (of: 'start_shift' | 'end_shift', known: number): number | null => {
    const value = row[of];
    return value === null || value === undefined ? null : Number(value) + known;
  };
  if (model === undefined) return { startShiftSec: shift('start_shift', 0), endShiftSec: shift('end_shift', 0) };
  const [own, common] = [lagOf(model.lag, '', channelId), lagOf(model.lag, '')];
  return {
    startShiftSec: shift('start_shift', own.onlineStartSec - common.onlineStartSec),
    endShiftSec: shift('end_shift', own.onlineEndSec - common.onlineEndSec),
  };
}
