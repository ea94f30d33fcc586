import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ValidationSeverity, validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { finalStage, imageEnvironment, instructions, root, textOf } from '../../support/compose.ts';

const of = (name: string, lines: readonly string[] = finalStage): readonly string[] =>
  lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
const allowed = textOf('.dockerignore')
  .split('\n')
  .filter((line) => line.startsWith('!'))
  .map((line) => line.slice(1));

describe('the Dockerfile', () => {
  it('is one', () => {
    const error = 2 as ValidationSeverity;
    const found = validate(textOf('Dockerfile'), {
      deprecatedMaintainer: error,
      emptyContinuationLine: error,
      instructionWorkdirRelative: error,
    });
    expect(found).toEqual([]);
  });

  it('installs what the lock file says, and leaves the tools of development out of the image', () => {
    const installs = of('RUN', instructions).filter((line) => line.includes('npm '));
    expect(installs[0]).toMatch(/^npm ci /);
    expect(installs.filter((line) => /npm (i|install)\b/.test(line))).toEqual([]);
    expect(of('COPY').filter((line) => line.includes('node_modules'))[0]).toMatch(/^--from=dependencies /);
    expect(instructions.join('\n')).toMatch(/AS dependencies\n[\s\S]*npm ci --omit=dev /);
  });

  it('runs as nobody in particular, by number', () => {
    expect(of('USER')).toEqual(['1000:1000']);
    const before = finalStage.slice(finalStage.indexOf('USER 1000:1000'));
    expect(before.filter((line) => /^(RUN|COPY|ADD) /.test(line))).toEqual([]);
  });

  it('has a folder of its user for each volume, so that a read-only root is enough', () => {
    const volumes = JSON.parse(of('VOLUME')[0] ?? '[]') as string[];
    expect(volumes).toEqual([imageEnvironment.CLIPTIDE_DATA_DIR, imageEnvironment.CLIPTIDE_CLIPS_DIR]);
    expect(of('RUN').join()).toContain(`chown node:node ${volumes.join(' ')}`);
  });

  it('can be asked whether it is well, and told to stop', () => {
    expect(of('STOPSIGNAL')).toEqual(['SIGTERM']);
    expect(of('HEALTHCHECK')[0]).toContain('/healthz');
    expect(of('HEALTHCHECK')[0]).toContain('process.env.CLIPTIDE_HTTP_PORT');
    expect(of('EXPOSE')).toEqual([imageEnvironment.CLIPTIDE_HTTP_PORT]);
    // In the form of a list: a shell in between would keep the signal for itself.
    expect(of('ENTRYPOINT')[0]).toMatch(/^\["node", /);
  });

  it('is given all that it copies and builds, and nothing that is not there', () => {
    const copied = of('COPY', instructions)
      .filter((line) => !line.startsWith('--from='))
      .flatMap((line) => line.split(' ').slice(0, -1))
      .filter((name) => name !== '.');
    expect(allowed).toEqual(expect.arrayContaining([...copied, 'src', 'topology', 'schemas', 'tsconfig.build.json']));
    for (const name of allowed) expect(existsSync(join(root, name)), name).toBe(true);
  });
});
