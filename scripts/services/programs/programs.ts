import { join } from 'node:path';
import { CliptideError } from '../../../src/domain/errors.ts';
import type { Layout } from '../layout.ts';
import type { Service } from '../state.ts';
import { findJava, neededJava } from './java.ts';
import { fetchPrograms, notFetched } from './maven.ts';
import { findInPath } from './path.ts';
import { fetchS3, findPython, neededPython, s3InPlace } from './python.ts';
import { findRedis, installRedis, mayInstallRedis } from './redis.ts';

/** Programs of this machine, by path. */
export type Programs = Readonly<Partial<Record<'java' | 'redis-server', string>>>;

export interface Preparation {
  readonly layout: Layout;
  readonly signal: AbortSignal;
  /** Told what takes its time. */
  readonly say: (text: string) => void;
}

/**
 * Finds what these services need and fetches what can be fetched. Rejects with `tool` and all that is missing, with
 * what to install.
 */
export async function preparePrograms(services: ReadonlySet<Service>, preparation: Preparation): Promise<Programs> {
  const { layout, signal, say } = preparation;
  const missing = missingPrograms(services, layout);
  if (missing.length > 0) {
    const hint = ['Install', ...missing].join('\n    - ');
    throw new CliptideError('tool', 'programs are missing on this machine', { hint });
  }
  if (services.has('redis') && findRedis() === undefined) {
    say('installing redis-server with apt-get');
    await installRedis(layout, signal);
  }
  const javaHome = findJava()?.home;
  const maven = findInPath('mvn');
  const toFetch = notFetched(layout, services);
  if (toFetch.length > 0 && maven !== undefined && javaHome !== undefined) {
    say(`fetching ${toFetch.join(' and ')} with Maven`);
    await fetchPrograms(toFetch, { layout, maven, javaHome, signal });
  }
  const python = services.has('s3') && !s3InPlace(layout) ? findPython() : undefined;
  if (python !== undefined) {
    say('fetching an S3 server (moto) with pip');
    await fetchS3(layout, python, signal);
  }
  const redis = findRedis();
  return {
    ...(javaHome === undefined ? {} : { java: join(javaHome, 'bin', 'java') }),
    ...(redis === undefined ? {} : { 'redis-server': redis }),
  };
}

/** Whether these services can be started at once, with nothing installed or fetched before. */
export function programsInPlace(services: ReadonlySet<Service>, layout: Layout): boolean {
  const fetched = notFetched(layout, services).length === 0;
  const redis = !services.has('redis') || findRedis() !== undefined;
  const s3 = !services.has('s3') || s3InPlace(layout);
  return fetched && redis && s3 && missingPrograms(services, layout).length === 0;
}

/** What only a person can install. */
function missingPrograms(services: ReadonlySet<Service>, layout: Layout): string[] {
  const needsJava = services.has('kafka') || services.has('registry');
  const needsPython = services.has('s3') && !s3InPlace(layout);
  const needsMaven = notFetched(layout, services).length > 0;
  return [
    ...(needsJava && findJava() === undefined ? [javaHint] : []),
    ...(needsMaven && findInPath('mvn') === undefined ? [mavenHint] : []),
    ...(services.has('redis') && findRedis() === undefined && !mayInstallRedis() ? [redisHint] : []),
    ...(needsPython && findPython() === undefined ? [pythonHint] : []),
  ];
}

/** The path of one that was prepared. */
export function program(programs: Programs, name: keyof Programs): string {
  const path = programs[name];
  if (path === undefined) throw new CliptideError('tool', `${name} is missing on this machine`);
  return path;
}

const javaHint = `Java ${neededJava} or newer (a JRE will do: Debian 13 "apt-get install openjdk-21-jre-headless", macOS "brew install openjdk"), or name one in JAVA_HOME`;
const mavenHint = 'Maven (Debian "apt-get install maven", macOS "brew install maven")';
const pythonHint = `Python ${neededPython} or newer with venv (Debian "apt-get install python3-venv", macOS "brew install python")`;
const redisHint = 'Redis 7 (Debian "apt-get install redis-server", macOS "brew install redis")';
