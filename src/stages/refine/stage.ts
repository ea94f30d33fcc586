import { CliptideError, isTransient, toCliptideError } from '../../domain/errors.ts';
import { mediaClock, shifted, soundOfSpan } from '../../domain/mediaclock.ts';
import type { RefinedHighlight, RefineTask } from '../../domain/records.gen.ts';
import type { MediaAnalyzer, MediaFindings } from '../../ports/analyzer.ts';
import type { ArchiveLookup } from '../../ports/archive.ts';
import type { Clock } from '../../ports/clock.ts';
import type { MediaCache } from '../../ports/mediacache.ts';
import type { Refiner } from '../../ports/refiner.ts';
import { looker } from '../../runtime/review/holders.ts';
import type { Output, TaskResult, Try, WorkerStage } from '../../runtime/stage.ts';

export interface RefineDependencies {
  readonly archive: ArchiveLookup;
  readonly cache: MediaCache;
  readonly analyzer: MediaAnalyzer;
  readonly refiner: Refiner;
  readonly clock: Clock;
  /** Whether sound alone is looked at where an archive has a rendition of it: few bytes, but no scene cuts. */
  readonly by: 'sound' | 'picture';
  /** Whether what was looked at is kept until whoever keeps the media of reviews has seen the result. */
  readonly keeps: boolean;
}

/** What a look at the media gave; without it, why. */
interface Look {
  readonly findings: MediaFindings | null;
  readonly bytesFetched: number;
  readonly bytesNeeded: number;
  readonly reason?: string;
}

const deadlineMs = 180_000;
/** In this time the result is made and on record, conduct has acted on it, and reviews hold what they need of it. */
const handOverMs = 60_000;
/** From this try on, media that is away for now is done without. */
const lastPatientTry = 2;

/** Gives a highlight its boundaries, title and tags. Media that cannot be had makes the result poorer, not absent. */
export function refineStage(deps: RefineDependencies): WorkerStage<'refine.tasks'> {
  return {
    name: 'refine',
    input: 'refine.tasks',
    finishedIn: 'highlights.refined',
    deadlineMs: () => deadlineMs,
    run: (task, attempt) => refine(deps, task, attempt),
    failed: (task, error) => {
      const { code, message } = toCliptideError(error);
      const nothing = { title: '', tags: [], reasons: [], refinedBy: '', bytesFetched: 0, bytesNeeded: 0, wallMs: 0 };
      const { startMs, peakMs, endMs } = task;
      return [refined(task, { ...nothing, startMs, peakMs, endMs, outcome: 'failed', error: `${code}: ${message}` })];
    },
  };
}

async function refine(deps: RefineDependencies, task: RefineTask, attempt: Try): Promise<TaskResult> {
  const startedAt = deps.clock.now();
  const { findings, bytesFetched, bytesNeeded, reason } = await lookOrReason(deps, task, attempt);
  const result = await deps.refiner.refine({ task, terms: task.terms, findings }, attempt.signal);
  const output = refined(task, {
    ...result,
    reasons: reason === undefined ? result.reasons : [...result.reasons, reason],
    outcome: 'done',
    error: '',
    bytesFetched,
    bytesNeeded,
    wallMs: deps.clock.now() - startedAt,
  });
  return { outputs: [output], bytesFetched, cpuSeconds: 0 };
}

async function lookOrReason(deps: RefineDependencies, task: RefineTask, attempt: Try): Promise<Look> {
  try {
    return await look(deps, task, attempt.signal);
  } catch (error) {
    const { code, message } = toCliptideError(error);
    if (code === 'aborted' || code === 'internal') throw error;
    const isRefusal = code === 'budget' || code === 'space';
    if (attempt.number <= lastPatientTry) {
      if (isTransient(error)) throw error;
      if (isRefusal) throw new CliptideError('unavailable', `no room for its media yet: ${message}`, { cause: error });
    }
    return { findings: null, bytesFetched: 0, bytesNeeded: 0, reason: `without media: ${code}: ${message}` };
  }
}

async function look(deps: RefineDependencies, task: RefineTask, signal: AbortSignal): Promise<Look> {
  const archive = await deps.archive.view(task.streamId, task.channelId);
  if (archive === undefined) throw new CliptideError('media-gone', 'no archive of this broadcast is known');
  const clock = mediaClock(archive);
  const { span } = clock.spanOf(task.earliestMs, task.latestMs, task.peakMs);
  if (span === undefined) throw new CliptideError('media-gone', 'the archive does not hold this moment');
  const sound = deps.by === 'sound' ? soundOfSpan(archive, span) : undefined;
  const wanted = sound === undefined ? { archive, ...span } : { archive: sound.archive, ...sound.span };
  const lease = await deps.cache.lease({ ...wanted, purpose: 'refine', signal });
  try {
    const parts = shifted(lease.parts, sound?.shiftMs ?? 0);
    const found = await deps.analyzer.analyze(parts, span, signal, sound === undefined ? undefined : 'sound');
    const { bytesFetched, bytesNeeded } = lease;
    return { findings: inEventTime(found, clock.toEventMs), bytesFetched, bytesNeeded };
  } finally {
    await lease.release(deps.keeps ? { holder: looker(task), forMs: handOverMs } : undefined);
  }
}

function inEventTime(found: MediaFindings, toEventMs: (archiveMs: number) => number | undefined): MediaFindings {
  const silences = found.silences.flatMap(({ fromMs, toMs }) => {
    const [from, to] = [toEventMs(fromMs), toEventMs(toMs)];
    return from === undefined || to === undefined ? [] : [{ fromMs: from, toMs: to }];
  });
  const sceneCuts = found.sceneCuts.map(toEventMs).filter((ms) => ms !== undefined);
  return { silences, sceneCuts };
}

type Outcome = Pick<
  RefinedHighlight,
  | 'startMs'
  | 'peakMs'
  | 'endMs'
  | 'title'
  | 'tags'
  | 'reasons'
  | 'refinedBy'
  | 'outcome'
  | 'error'
  | 'bytesFetched'
  | 'bytesNeeded'
  | 'wallMs'
>;

function refined(task: RefineTask, outcome: Outcome): Output {
  const { taskId, highlightId, revision, run, streamId, channelId } = task;
  const record = { ...outcome, taskId, highlightId, revision, run, streamId, channelId };
  return { topic: 'highlights.refined', key: channelId, record };
}
