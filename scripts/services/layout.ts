import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('../../', import.meta.url));
const programs = join(project, '.services', 'programs');

/** What Maven is told; other versions in it are other programs. */
export const pom = fileURLToPath(new URL('./pom.xml', import.meta.url));

/** What pip is told, likewise. */
export const requirements = fileURLToPath(new URL('./s3/requirements.txt', import.meta.url));

/** Where the services' folder has what. */
export interface Layout {
  readonly folder: string;
  /** Downloaded programs: the project's, whichever folder the services run in. */
  readonly programs: string;
  /** The S3 server's Python environment, likewise the project's. */
  readonly s3: string;
  readonly state: string;
  readonly lock: string;
  readonly data: string;
  readonly logs: string;
}

/** The layout of a folder; of `.services` in the project unless one is given. */
export function layoutOf(folder: string = join(project, '.services')): Layout {
  const root = resolve(folder);
  return {
    folder: root,
    programs: join(programs, versionsIn(pom)),
    s3: join(programs, `s3-${versionsIn(requirements)}`),
    state: join(root, 'state.json'),
    lock: join(root, 'lock.db'),
    data: join(root, 'data'),
    logs: join(root, 'logs'),
  };
}

/** A name for all versions that a file lists. */
const versionsIn = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 12);

export const dataFolder = (layout: Layout, daemon: string): string => join(layout.data, daemon);
export const logFile = (layout: Layout, daemon: string): string => join(layout.logs, `${daemon}.log`);
