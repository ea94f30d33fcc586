import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allocatedBytes } from '../../../src/cli/checks/usage.ts';
import { runChild } from '../child.ts';
import { type Figure, seconds } from '../figure.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** `npm ci` into an empty folder, from npm's cache as far as it goes; without the tools of developers beside it. */
export const install: Figure = {
  name: 'install',
  measure: async (folder) => {
    for (const name of ['package.json', 'package-lock.json', '.npmrc'])
      copyFileSync(join(root, name), join(folder, name));
    const megabytes = async (): Promise<string> =>
      `${Math.round((await allocatedBytes(join(folder, 'node_modules'))) / 1e6)} MB`;
    const all = await runChild('npm', ['ci', '--no-audit', '--no-fund'], folder);
    const allSize = await megabytes();
    const users = await runChild('npm', ['ci', '--omit=dev', '--no-audit', '--no-fund'], folder);
    return [
      {
        what: '`npm ci`',
        value: `${seconds(all.ms)}, ${allSize}`,
        baseline: `without development tools: ${seconds(users.ms)}, ${await megabytes()}`,
      },
    ];
  },
};
