import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export interface HealthCheck {
  readonly test?: readonly string[];
  readonly disable?: boolean;
  readonly interval?: string;
  readonly retries?: number;
}

export type Mount = string | { readonly type: string; readonly source?: string; readonly target: string };

export interface Service {
  readonly image: string;
  readonly build?: string;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly init?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly restart?: string;
  readonly stop_grace_period?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly Mount[];
  readonly ports?: readonly string[];
  readonly networks: readonly string[];
  readonly secrets?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: HealthCheck;
  readonly deploy?: { readonly resources?: { readonly limits?: Readonly<Record<string, string | number>> } };
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const textOf = (path: string): string => readFileSync(`${root}/${path}`, 'utf8');
export const compose = parse(textOf('docker-compose.yml'), { merge: true }) as ComposeFile;
export const services = Object.entries(compose.services);
/** The services that are Cliptide itself. */
export const own = services.filter(([, { build }]) => build !== undefined);

export const tagOf = ({ image }: Service): string => image.slice(image.lastIndexOf(':') + 1);

/** Source and target of a mount, whichever way it is written; a volume without a name has no source. */
export function placeOf(mount: Mount): { readonly source: string | undefined; readonly target: string } {
  if (typeof mount !== 'string') return { source: mount.source, target: mount.target };
  const [source, target = ''] = mount.split(':');
  return { source, target };
}

/** Instructions of the Dockerfile, one a line, without comments. */
export const instructions: readonly string[] = textOf('Dockerfile')
  .replace(/^\s*#.*\n/gm, '')
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line.trim() !== '');

/** Those of the stage that becomes the image. */
export const finalStage = instructions.slice(instructions.findLastIndex((line) => line.startsWith('FROM ')));

/** What an `ENV` of the image sets. */
export const imageEnvironment: Readonly<Record<string, string>> = Object.fromEntries(
  finalStage
    .filter((line) => line.startsWith('ENV '))
    .flatMap((line) => line.slice(4).trim().split(/\s+/))
    .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
);
