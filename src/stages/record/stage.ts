import { stages } from '../../../topology/graph.ts';
import type { Results } from '../../ports/results.ts';
import type { SinkStage } from '../../runtime/stage.ts';
import { rowsOf } from './rows.ts';

export interface RecordDependencies {
  readonly results: Results;
  /** The run of records that do not name theirs (dead letters); `live` unless given. */
  readonly run?: string;
  /** Address of a clip's file; unless given it is below the data folder, as the table says by itself. */
  readonly clipAddress?: (key: string) => string;
}

/** Keeps what the stages say where dashboards can ask for it. It computes nothing: a row is a record. */
export function recordStage({ results, run = 'live', clipAddress }: RecordDependencies): SinkStage {
  return {
    name: 'record',
    inputs: stages.record.inputs,
    waitsFor: 'results',
    maxBatch: 2000,
    handle: async (batch) => {
      for (const [table, rows] of rowsOf(batch, run, clipAddress)) await results.insert(table, rows);
    },
  };
}
