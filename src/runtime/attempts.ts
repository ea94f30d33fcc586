import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import type { RecordOf, TopicName } from '../../topology/topics.ts';
import { CliptideError, isTransient, toCliptideError } from '../domain/errors.ts';
import type { Attempt } from '../domain/records.gen.ts';
import type { RuntimeDependencies } from './dependencies.ts';
import type { Output, TaskRecord, TaskResult, Try, TryCost, WorkerStage } from './stage.ts';

/** A task is tried at most this often: the first try and two more for errors that may pass. */
export const maxTries = 3;

type Task<T extends TopicName> = RecordOf<T> & TaskRecord;

/**
 * Works on one task until it is done or failed for good, with a record of every try. Resolves with what to append.
 * Rejects only with `aborted`, when the worker is stopped: the task then stays uncommitted for the next start.
 */
export async function workOn<T extends TopicName>(
  stage: WorkerStage<T>,
  task: Task<T>,
  deps: RuntimeDependencies,
  stopping: AbortSignal,
): Promise<readonly Output[]> {
  const attempts: Output[] = [];
  const policy = retry(
    handleWhen((error) => mayPass(error) && !stopping.aborted),
    { maxAttempts: maxTries - 1, backoff: new ExponentialBackoff({ initialDelay: 500, maxDelay: 10_000 }) },
  );
  let number = 0;
  try {
    const result = await policy.execute(() => oneTry(stage, task, deps, stopping, ++number, attempts));
    return [...result.outputs, ...attempts];
  } catch (error) {
    if (stopping.aborted) throw new CliptideError('aborted', `${stage.name} was stopped`, { cause: error });
    deps.logger.warn(`${stage.name} failed`, { taskId: task.taskId, error: toCliptideError(error).message });
    return [...stage.failed(task, toCliptideError(error)), ...attempts];
  }
}

/** Ended by somebody else, such as a service manager that stops every process at once: our own stop may be under way. */
const wasEnded = (error: unknown): boolean => error instanceof CliptideError && error.code === 'aborted';

const mayPass = (error: unknown): boolean => isTransient(error) || wasEnded(error);

async function oneTry<T extends TopicName>(
  stage: WorkerStage<T>,
  task: Task<T>,
  deps: RuntimeDependencies,
  stopping: AbortSignal,
  number: number,
  attempts: Output[],
): Promise<TaskResult> {
  const startedAtMs = deps.clock.now();
  const ended = (fields: TryFields): void => {
    attempts.push(attemptOutput(stage, task, deps, { number, startedAtMs, ...fields }));
    // What a stop has interrupted is tried again after it: no outcome yet.
    if (stopping.aborted && fields.outcome !== 'done') return;
    deps.metrics.add('cliptide_worker_attempts_total', 1, { stage: stage.name, outcome: fields.outcome });
  };
  let cost: TryCost = { cpuSeconds: 0, bytesFetched: 0 };
  const spent = (more: Partial<TryCost>): void => {
    cost = { ...cost, ...more };
  };
  try {
    const result = await withDeadline(stage, task, { number, spent }, stopping);
    const { cpuSeconds, bytesFetched } = result;
    ended({ outcome: 'done', error: '', cpuSeconds, bytesFetched });
    return result;
  } catch (error) {
    const known = toCliptideError(error);
    const outcome = mayPass(known) && number < maxTries ? 'retried' : 'failed';
    ended({ outcome, error: `${known.code}: ${known.message}`, ...cost });
    throw known;
  }
}

type TryFields = Pick<Attempt, 'outcome' | 'error' | 'cpuSeconds' | 'bytesFetched'>;

function attemptOutput<T extends TopicName>(
  stage: WorkerStage<T>,
  { taskId, highlightId, run, streamId, channelId }: Task<T>,
  { nodeId, clock }: RuntimeDependencies,
  attempt: TryFields & Pick<Attempt, 'number' | 'startedAtMs'>,
): Output {
  const task = { taskId, highlightId, run, streamId, channelId, role: stage.name, nodeId };
  const wallMs = clock.now() - attempt.startedAtMs;
  const attemptId = `${taskId}.${attempt.number}`;
  return {
    topic: 'attempts',
    key: channelId,
    record: { attemptId, ...task, ...attempt, wallMs, costMicros: 0 },
  };
}

/** The step has to obey its signal; where it does not, the try ends all the same. */
async function withDeadline<T extends TopicName>(
  stage: WorkerStage<T>,
  task: Task<T>,
  known: Omit<Try, 'signal'>,
  stopping: AbortSignal,
): Promise<TaskResult> {
  const deadlineMs = stage.deadlineMs(task);
  const deadline = AbortSignal.timeout(deadlineMs);
  const signal = AbortSignal.any([deadline, stopping]);
  const attempt: Try = { ...known, signal };
  const timeout = new CliptideError('timeout', `${stage.name} took longer than ${deadlineMs / 1000} s`, {
    hint: 'Its media may come too slowly, or this machine have too much to do; try again later.',
  });
  const over = new Promise<never>((_resolve, reject) => {
    // A step that cleans up gets a moment before the try is given up.
    signal.addEventListener('abort', () => setTimeout(() => reject(timeout), 3_000).unref());
  });
  const step = stage.run(task, attempt).catch((error: unknown) => {
    throw deadline.aborted && !stopping.aborted && wasEnded(error) ? timeout : error;
  });
  return Promise.race([step, over]);
}
