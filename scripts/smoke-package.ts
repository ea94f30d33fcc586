// Packs the package as it would be published and runs it from below a node_modules folder, where Node strips no types.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'cliptide-package-'));

const run = (command: string, args: readonly string[], cwd: string): string =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

try {
  // --ignore-scripts: `prepack` builds, and has been run by the caller.
  run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', work], root);
  const [archive = ''] = readdirSync(work).filter((name) => name.endsWith('.tgz'));
  run('tar', ['-xzf', archive], work);
  const modules = join(work, 'node_modules');
  mkdirSync(modules);
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (!name.startsWith('.')) symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  run('mv', ['package', join('node_modules', 'cliptide')], work);
  const launch = join(modules, 'cliptide', 'src', 'launch.mjs');
  const cliptide = (...args: readonly string[]): string => run(process.execPath, [launch, ...args], work);
  const outputs = {
    '--version': cliptide('--version'),
    'topology check': cliptide('topology', 'check'),
    doctor: cliptide('doctor'),
  };
  for (const [command, output] of Object.entries(outputs)) {
    if (output.trim() === '') throw new Error(`the package's "cliptide ${command}" printed nothing`);
  }
  process.stdout.write(`the packed package runs: ${outputs['--version']}`);
} finally {
  rmSync(work, { recursive: true });
}
