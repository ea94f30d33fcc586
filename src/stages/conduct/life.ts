/** The states of a highlight and which may follow which, as data. A journal entry for any other step is void. */
export const transitions = {
  unknown: ['detected'],
  detected: ['detected', 'refining', 'rejected', 'expired'],
  refining: ['refined', 'rejected'],
  refined: ['approved', 'rejected'],
  approved: ['approved', 'rendering', 'rejected'],
  rendering: ['approved', 'rendered', 'failed', 'rejected'],
  rendered: [],
  failed: ['approved', 'rejected'],
  rejected: [],
  expired: [],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type State = keyof typeof transitions;

export function isState(name: string): name is State {
  return name in transitions;
}

export function mayFollow(from: State, to: string): to is State {
  const next: readonly string[] = transitions[from];
  return next.includes(to);
}

/** States in which nothing is left to do. */
export function isFinal(state: State): boolean {
  return state === 'rendered' || state === 'rejected' || state === 'expired';
}
