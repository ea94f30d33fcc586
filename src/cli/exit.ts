import { type ErrorCode, toCliptideError } from '../domain/errors.ts';

/** What a process ends with. */
export const exit = { done: 0, failed: 1, usage: 2, refused: 3, interrupted: 130 } as const;
export type ExitCode = (typeof exit)[keyof typeof exit];

const codes: Readonly<Partial<Record<ErrorCode, ExitCode>>> = {
  usage: exit.usage,
  config: exit.usage,
  input: exit.usage,
  budget: exit.refused,
  space: exit.refused,
  aborted: exit.interrupted,
};

/** The exit code that an error ends a command with. */
export function exitCodeOf(error: unknown): ExitCode {
  return codes[toCliptideError(error).code] ?? exit.failed;
}

/** The exit code of several parts, such as files: the worst one; 0 of none. */
export function worstOf(parts: Iterable<ExitCode>): ExitCode {
  let worst: ExitCode = exit.done;
  for (const code of parts) if (code > worst) worst = code;
  return worst;
}
