import { stagesOf } from '../../../topology/graph.ts';
import { toCliptideError } from '../../domain/errors.ts';
import type { Health, RoleHealth } from '../../ports/health.ts';
import type { StageProgress } from '../../runtime/progress.ts';

/** The health of a process by its roles, from its start to its end. */
export class ProcessHealth implements Health {
  private readonly names: readonly string[];
  private stages: readonly StageProgress[] | undefined;
  private isDraining = false;

  /** All roles that the process was given, those that are no stage of the pipeline included. */
  constructor(names: readonly string[]) {
    this.names = names;
  }

  /** The stages are at work. */
  started(stages: readonly StageProgress[]): void {
    this.stages = stages;
  }

  /** The process finishes what it does, and takes nothing more. */
  drain(): void {
    this.isDraining = true;
  }

  roles(): ReadonlyMap<string, RoleHealth> {
    return new Map(this.names.map((name) => [name, this.role(name)]));
  }

  private role(name: string): RoleHealth {
    const names: readonly string[] = stagesOf(name);
    const own = this.stages?.filter((candidate) => names.includes(candidate.stage)) ?? [];
    const failed = own.find((stage) => stage.failure !== undefined);
    if (failed !== undefined) {
      const { code, message } = toCliptideError(failed.failure);
      return { state: 'failed', reason: `${code}: ${message}` };
    }
    if (this.isDraining) return { state: 'draining', reason: 'the process is stopping' };
    if (this.stages === undefined) return { state: 'starting', reason: 'the process is starting' };
    // A role is as ready as the least ready of its stages.
    const healths = own.map(stageHealth);
    return healths.find(({ state }) => state !== 'ready') ?? healths[0] ?? { state: 'ready', reason: '' };
  }
}

function stageHealth({ hasJoined, partitions: all }: StageProgress): RoleHealth {
  const waiting = [...all].filter(({ isRecovered }) => !isRecovered).map(({ partition }) => partition);
  const partitions = { owned: all.size, recovered: all.size - waiting.length };
  if (!hasJoined) return { state: 'joining', reason: 'it is no member of its consumer group yet', partitions };
  if (waiting.length === 0) return { state: 'ready', reason: '', partitions };
  const list = waiting.sort((a, b) => a - b).join(', ');
  return { state: 'recovering', reason: `partitions that are not recovered yet: ${list}`, partitions };
}
