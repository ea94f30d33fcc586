import type { Plan, Step } from '../../../topology/plan.ts';

/** A step as a line of JSON. */
export const stepLine = ({ step, subject, text }: Step): object => ({ kind: 'step', step, subject, text });

/** What follows the steps, as lines of JSON; the last one counts. */
export function planLines({ steps, refusals, undeclared }: Plan): readonly object[] {
  return [
    ...refusals.map((refusal) => ({ kind: 'refusal', ...refusal })),
    ...undeclared.map((topic) => ({ kind: 'undeclared', topic })),
    { kind: 'plan', steps: steps.length, refusals: refusals.length, undeclared: undeclared.length },
  ];
}

/** What follows the steps, for people. `isDone` after they were taken. */
export function planReport({ steps, refusals, undeclared }: Plan, isDone: boolean): string {
  return [
    ...refusals.map(({ reason, hint }) => `refused: ${reason}\n  to do: ${hint}\n`),
    ...(undeclared.length === 0
      ? []
      : [`left alone, since the topology does not know them: ${undeclared.join(', ')}\n`]),
    `${verdict(steps.length, refusals.length, isDone)}\n`,
  ].join('');
}

function verdict(steps: number, refusals: number, isDone: boolean): string {
  const todo = steps === 0 ? 'nothing' : steps === 1 ? '1 step' : `${steps} steps`;
  if (refusals > 0) return `nothing ${isDone ? 'was' : 'will be'} applied: ${refusals} refused, ${todo} to do`;
  if (isDone) return steps === 0 ? 'nothing to do' : `done: ${todo}`;
  return steps === 0 ? 'nothing to do' : `${todo} to do: cliptide topology apply`;
}
