import type { z } from 'zod';
import { CliptideError } from '../domain/errors.ts';
import { nearest } from './nearest.ts';

/** One fault of a configuration. It never holds the value. */
export interface Problem {
  /** The file or the variable. */
  readonly where: string;
  /** What is wrong, the key's name first. */
  readonly text: string;
}

export function unknownName(where: string, what: string, name: string, known: Iterable<string>): Problem {
  const near = nearest(name, known);
  return { where, text: `${name} is no ${what}${near === undefined ? '' : `; did you mean ${near}?`}` };
}

/** Zod's issues in words; `fields` are those of a strict object below the key. */
export function problemsOf(
  key: string,
  where: string,
  issues: readonly z.core.$ZodIssue[],
  fields: readonly string[] = [],
): Problem[] {
  return issues.flatMap((issue): Problem[] => {
    const name = issue.path.reduce<string>(
      (path, step) => (typeof step === 'number' ? `${path}[${step}]` : `${path}.${String(step)}`),
      key,
    );
    if (issue.code === 'unrecognized_keys') {
      const known = fields.map((field) => `${name}.${field}`);
      return issue.keys.map((field) => unknownName(where, 'key', `${name}.${field}`, known));
    }
    const missing = issue.code === 'invalid_type' && issue.input === undefined && issue.path.length > 0;
    return [{ where, text: `${name} ${missing ? 'is missing' : issue.message}` }];
  });
}

/** All faults as one error, so that a person can mend them in one go. */
export function configError(problems: readonly Problem[]): CliptideError {
  const [first] = problems;
  const hint = 'docs/configuration.md lists every key with its default';
  if (problems.length === 1 && first !== undefined)
    return new CliptideError('config', first.text, { where: first.where, hint });
  const list = problems.map((problem) => `  ${problem.where}: ${problem.text}`).join('\n');
  return new CliptideError('config', `the configuration has ${problems.length} faults\n${list}`, { hint });
}
