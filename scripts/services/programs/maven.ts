import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Layout, pom } from '../layout.ts';
import type { Service } from '../state.ts';
import { runProgram } from './run.ts';

/** Goals of the plugin that `pom.xml` configures. */
const goals = { kafka: 'dependency:copy-dependencies@kafka', registry: 'dependency:unpack@registry' } as const;
export type JavaProgram = keyof typeof goals;

/** Which of the services' Java programs have to be fetched yet. */
export function notFetched(layout: Layout, services: ReadonlySet<Service>): JavaProgram[] {
  const names = Object.keys(goals) as JavaProgram[];
  return names.filter((name) => services.has(name) && !existsSync(join(layout.programs, name)));
}

/** Has Maven fetch them. A folder has its name only when it is complete. */
export async function fetchPrograms(
  names: readonly JavaProgram[],
  { layout, maven, javaHome, signal }: Fetching,
): Promise<void> {
  const part = (name: JavaProgram): string => join(layout.programs, `${name}.part`);
  for (const name of names) rmSync(part(name), { recursive: true, force: true });
  const flags = ['--batch-mode', '--quiet', '-Dstyle.color=never', '--file', pom, `-Dprograms=${layout.programs}`];
  await runProgram(maven, [...flags, ...names.map((name) => goals[name])], {
    log: join(layout.logs, 'maven.log'),
    signal,
    env: { ...process.env, JAVA_HOME: javaHome },
  });
  for (const name of names) renameSync(part(name), join(layout.programs, name));
}

export interface Fetching {
  readonly layout: Layout;
  readonly maven: string;
  readonly javaHome: string;
  readonly signal: AbortSignal;
}
