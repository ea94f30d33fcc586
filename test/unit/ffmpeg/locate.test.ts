import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locateTool } from '../../../src/adapters/ffmpeg/locate.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cliptide-locate-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function fake(name: string, prints: string, mode = 0o755): Promise<string> {
  const path = join(root, name);
  await writeFile(path, `#!/bin/sh\ncat <<'END'\n${prints}\nEND\n`);
  await chmod(path, mode);
  return path;
}

describe.skipIf(process.platform === 'win32')('ffmpeg is looked for', () => {
  it('where the configuration says, and nothing else is taken when that one is no good', async () => {
    const good = await fake('good', 'ffmpeg version 7.1 Copyright\nlibavformat    61.  7.100');
    expect(await locateTool('ffmpeg', good)).toEqual({ path: good, version: '7.1', origin: 'configured' });
    const old = await fake('old', 'ffmpeg version 4.4.2 Copyright\nlibavformat    58. 76.100');
    await expect(locateTool('ffmpeg', old)).rejects.toMatchObject({
      code: 'config',
      message: /4\.4\.2, which is too old/,
    });
    for (const none of [join(root, 'none'), 'no-such-ffmpeg']) {
      await expect(locateTool('ffmpeg', none)).rejects.toMatchObject({ code: 'config' });
    }
  });

  it('and what is something else, broken or not executable is named with what to do', async () => {
    const other = await fake('other', 'hello');
    await expect(locateTool('ffmpeg', other)).rejects.toMatchObject({
      hint: expect.stringContaining('CLIPTIDE_FFMPEG'),
    });
    const plain = await fake('plain', 'ffmpeg version 7.1', 0o644);
    await expect(locateTool('ffmpeg', plain)).rejects.toThrow(
      process.getuid?.() === 0 ? /not executable|does not run/ : /not executable/,
    );
  });

  it('in PATH before npm, and an old one in PATH gives way to the one from npm', async () => {
    const folder = await mkdtemp(join(root, 'path-'));
    const inPath = join(folder, 'ffmpeg');
    await writeFile(inPath, "#!/bin/sh\necho 'ffmpeg version n5.1 Copyright'\necho 'libavformat 59. 27.100'\n");
    await chmod(inPath, 0o755);
    const search = ['/nowhere', folder].join(delimiter);
    expect(await locateTool('ffmpeg', undefined, search)).toEqual({ path: inPath, version: 'n5.1', origin: 'path' });
    await writeFile(inPath, "#!/bin/sh\necho 'ffmpeg version 4.0'\necho 'libavformat 58. 1.100'\n");
    const found = await locateTool('ffmpeg', undefined, search).catch((error: unknown) => error);
    const packaged = process.platform === 'linux' && process.arch === 'x64';
    if (packaged) expect(found).toMatchObject({ origin: 'npm' });
    else expect(found).toMatchObject({ code: 'tool', message: expect.stringContaining('too old') });
  });
});
