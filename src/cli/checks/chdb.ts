import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Finding, fail, ok } from './finding.ts';

const run = promisify(execFile);
const script = "const { query } = await import('chdb'); process.stdout.write(String(query('SELECT version()', 'TSV')))";

/** chDB, the ClickHouse engine in process; asked in a process of its own, since a broken library takes it down. */
export async function checkChdb(platform: NodeJS.Platform = process.platform): Promise<Finding> {
  if (platform === 'win32')
    return fail('chdb', 'there is no chDB for Windows', 'run Cliptide in WSL: https://learn.microsoft.com/windows/wsl');
  try {
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
      timeout: 60_000,
      cwd: dirname(fileURLToPath(import.meta.url)),
    });
    return ok('chdb', `ClickHouse ${stdout.trim()}`);
  } catch (error) {
    const reason = String((error as { stderr?: string }).stderr ?? error);
    const line = reason.split('\n').find((text) => /error/i.test(text)) ?? 'it does not load';
    return fail(
      'chdb',
      line.trim(),
      'run "npm ci" again, with optional packages; glibc 2.28 or newer is needed on Linux',
    );
  }
}
