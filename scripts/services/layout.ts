import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('../../', import.meta.url));

/** What Maven is told; other versions in it are other programs. */
export const pom = fileURLToPath(new URL('./pom.xml', import.meta.url));

/** Where the services' folder has what. */
export interface Layout {
  readonly folder: string;
  /** Downloaded programs: the project's, whichever folder the services run in. */
  readonly programs: string;
  readonly state: string;
  readonly lock: string;
  readonly data: string;
  readonly logs: string;
}

/** The layout of a folder; of `.services` in the project unless one is given. */
export function layoutOf(folder: string = join(project, '.services')): Layout {
  const root = resolve(folder);
  const versions = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12);
  return {
    folder: root,
    programs: join(project, '.services', 'programs', versions),
    state: join(root, 'state.json'),
    lock: join(root, 'lock.db'),
    data: join(root, 'data'),
    logs: join(root, 'logs'),
  };
}

export const dataFolder = (layout: Layout, daemon: string): string => join(layout.data, daemon);
export const logFile = (layout: Layout, daemon: string): string => join(layout.logs, `${daemon}.log`);
