import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
  readonly os?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const read = (name: string) => JSON.parse(readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8'));
const packages: Readonly<Record<string, Locked>> = read('package-lock.json').packages;
const manifest = read('package.json');

describe('package-lock.json', () => {
  it('holds every platform, so that `npm ci` works on a machine of another kind than the one that wrote it', () => {
    const missing = Object.values(packages).flatMap((locked) =>
      Object.keys(locked.optionalDependencies ?? {}).filter((name) => !packages[`node_modules/${name}`]),
    );
    expect(missing).toEqual([]);
  });

  it('names no registry', () => {
    expect(Object.values(packages).filter(({ resolved }) => resolved !== undefined)).toEqual([]);
  });

  it('needs no install script: npm is told to run none, and each package that has one is known to do without', () => {
    const scripts = Object.entries(packages)
      .filter(([, locked]) => locked.hasInstallScript === true)
      .map(([path]) => path.replace(/^.*node_modules\//, ''));
    const denied = Object.fromEntries([...new Set(scripts)].map((name) => [name, false]));
    expect(manifest.allowScripts).toEqual(denied);
    expect(readFileSync(new URL('../../../.npmrc', import.meta.url), 'utf8')).toMatch(/^ignore-scripts=true$/m);
  });
});
