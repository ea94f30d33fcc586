import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { findJava } from '../../../scripts/services/programs/java.ts';

const folder = mkdtempSync(join(tmpdir(), 'cliptide-java-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

function makeJava(version: string): string {
  const home = join(folder, version);
  mkdirSync(join(home, 'bin'), { recursive: true });
  writeFileSync(join(home, 'release'), `IMPLEMENTOR="x"\nJAVA_VERSION="${version}"\n`);
  writeFileSync(join(home, 'bin', 'java'), '', { mode: 0o755 });
  return home;
}

it('takes the Java of JAVA_HOME, though there may be a newer one', () => {
  const home = makeJava('21.0.4');
  vi.stubEnv('JAVA_HOME', home);
  expect(findJava()).toEqual({ home, version: 21 });
});

it.each(['17.0.15', '1.8.0_402'])('passes over a JAVA_HOME that is too old: %s', (version) => {
  const home = makeJava(version);
  vi.stubEnv('JAVA_HOME', home);
  expect(findJava()?.home).not.toBe(home);
});
