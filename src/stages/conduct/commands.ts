import type { Moment, OperatorCommand } from '../../domain/records.gen.ts';
import type { Output } from '../../runtime/stage.ts';
import { want } from './journal.ts';
import { isFinal, type State } from './life.ts';
import { type Highlight, highlightOf, type StreamState } from './state.ts';

/** A person moves a boundary by less than this; more is another moment. */
const farthestMs = 10 * 60_000;
/** Where a moment's boundaries are known and its clip is not made yet. */
const trimmable: readonly State[] = ['refined', 'approved', 'rendering', 'failed'];

/**
 * A person's command. A stale one (another revision than the person saw) and one that does not fit the state change
 * nothing. A trim approves too: the moment is rendered as the person has cut it.
 */
export function onCommand(stream: StreamState, command: OperatorCommand, run: string): Output[] {
  const highlight = highlightOf(stream, command.highlightId);
  if (highlight === undefined) return [];
  if (command.expectedRevision !== null && command.expectedRevision !== highlight.revision) return [];
  const base = {
    highlightId: command.highlightId,
    cause: 'operator.commands',
    actor: command.actor,
    reason: command.reason,
  };
  if (command.kind === 'reject' && !isFinal(highlight.state))
    return want(stream, run, { ...base, toState: 'rejected' });
  if (command.kind === 'trim') {
    const moment = trimmed(highlight, command);
    return moment === undefined ? [] : want(stream, run, { ...base, toState: 'approved', moment });
  }
  const approves = command.kind === 'approve' && highlight.state === 'refined';
  const retries = command.kind === 'retry' && highlight.state === 'failed';
  return approves || retries ? want(stream, run, { ...base, toState: 'approved' }) : [];
}

/** The moment with the boundaries that a person gave; undefined where they are none, or the moment can't have them. */
function trimmed({ state, moment }: Highlight, { startMs, endMs }: OperatorCommand): Moment | undefined {
  if (startMs === null || endMs === null || startMs >= endMs || !trimmable.includes(state)) return undefined;
  const isFar = Math.abs(startMs - moment.startMs) > farthestMs || Math.abs(endMs - moment.endMs) > farthestMs;
  return isFar ? undefined : { ...moment, startMs, endMs };
}
