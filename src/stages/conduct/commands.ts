import type { OperatorCommand } from '../../domain/records.gen.ts';
import type { Output } from '../../runtime/stage.ts';
import { want } from './journal.ts';
import { isFinal } from './life.ts';
import { highlightOf, type StreamState } from './state.ts';

/**
 * A person's command. A stale one (another revision than the person saw) and one that does not fit the state change
 * nothing.
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
  const approves = command.kind === 'approve' && highlight.state === 'refined';
  const retries = command.kind === 'retry' && highlight.state === 'failed';
  return approves || retries ? want(stream, run, { ...base, toState: 'approved' }) : [];
}
