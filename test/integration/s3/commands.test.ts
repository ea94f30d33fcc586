import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { locateTool } from '../../../src/adapters/ffmpeg/locate.ts';
import { chatRows, tsvLine } from '../../support/chatrows.ts';
import { cliptide } from '../../support/cliprocess.ts';
import { makeMedia } from '../../support/media.ts';
import { rowsOf } from '../../support/ndjsonrows.ts';
import { S3Bucket } from '../../support/s3bucket.ts';
import { Meddler } from '../../support/s3meddler.ts';
import { describeWithServices } from '../../support/services.ts';
import { shellBlocks } from '../../support/shellblocks.ts';

describeWithServices(['s3'], 'Cliptide with its clips in a bucket', (addressOf) => {
  const work = mkdtempSync(join(tmpdir(), 'cliptide-s3-commands-'));
  afterAll(() => rmSync(work, { recursive: true }));
  let bucket: S3Bucket;
  let meddler: Meddler;
  let env: Readonly<Record<string, string>>;
  beforeAll(async () => {
    writeFileSync(join(work, 'chat.tsv'), `${chatRows(300).map(tsvLine).join('\n')}\n`);
    const size = { rate: [2, 1], width: 96, height: 54, gop: 4, sound: false } as const;
    await makeMedia((await locateTool('ffmpeg')).path, join(work, 'video.mp4'), { ...size, seconds: 300 });
  });
  beforeEach(async () => {
    bucket = await S3Bucket.make(addressOf('s3'));
    meddler = new Meddler(addressOf('s3'));
    env = {
      CLIPTIDE_S3_ENDPOINT: await meddler.listen(),
      CLIPTIDE_S3_BUCKET: bucket.name,
      CLIPTIDE_S3_PREFIX: 'team/clips',
      CLIPTIDE_S3_ACCESS_KEY_ID: 'test-key',
      CLIPTIDE_S3_SECRET_ACCESS_KEY: 'never-shown',
    };
  });
  afterEach(async () => {
    await meddler.close();
    bucket.close();
  });
  const clip = (out: string) =>
    cliptide(['clip', '--chat', 'chat.tsv', '--vod', 'video.mp4', '--out', out, '--top', '1', '--json'], {
      cwd: work,
      env,
    });
  const doctor = async () => {
    const { code, out, err } = await cliptide(['doctor', '--json'], { cwd: work, env });
    const found = rowsOf(out, 'check').find(({ name }) => name === 's3');
    return { code, found, said: out + err };
  };

  it('is tried as docs/s3.md says: without the bucket doctor names what is missing, then all is well', async () => {
    const page = readFileSync(new URL('../../../docs/s3.md', import.meta.url), 'utf8');
    const [block] = shellBlocks(page).filter(({ marked }) => marked === 'moto');
    const name = `test-${randomUUID()}`;
    const written = (block?.commands ?? []).map((line) =>
      line.replace('http://127.0.0.1:PORT', addressOf('s3')).replaceAll('broadcast-clips', name),
    );
    expect(written.at(-1)).toBe('npx cliptide doctor');
    const asWritten = async (lines: readonly string[]) => {
      const script = [...lines, 'env'].join('\n');
      const said = execFileSync('sh', ['-ec', script], { env: { PATH: process.env.PATH }, encoding: 'utf8' });
      env = Object.fromEntries(
        [...said.matchAll(/^(CLIPTIDE_\w+)=(.*)$/gm)].map(([, key, value]) => [key, value ?? '']),
      );
      return (await doctor()).found;
    };
    const unmade = written.slice(0, -1).filter((line) => !line.startsWith('curl '));
    const todo = expect.stringContaining('make it');
    expect(await asWritten(unmade)).toMatchObject({ status: 'fail', found: 'there is no such bucket', todo });
    expect(await asWritten(written.slice(0, -1))).toMatchObject({ status: 'ok' });
  });

  it('cuts a clip, which is there and in the bucket with all that belongs to it', { timeout: 120_000 }, async () => {
    const { code, out } = await clip('made');
    expect(code).toBe(0);
    expect(rowsOf(out, 'clip')).toHaveLength(1);
    expect(readdirSync(join(work, 'made')).filter((name) => name.endsWith('.mp4'))).toHaveLength(1);
    const { objects, uploads } = await bucket.holds();
    const kinds = objects.map((name) => name.replace(/[^/]*\./, '').replace(/c-[0-9a-f]{20}/, 'channel'));
    const kept = ['jpg', 'json', 'mp4'].map((kind) => `team/clips/channel/${kind}`);
    expect(kinds.sort()).toEqual([...kept, 'team/clips/events/avro']);
    expect(uploads).toEqual([]);
  });

  it('does not begin on a service that could lose clips, and says why', async () => {
    meddler.fate = ({ headers }) => {
      delete headers['if-none-match'];
      return 'pass';
    };
    const { code, err } = await clip('refused');
    expect(code).toBe(2);
    expect(err).toMatch(/ignores If-None-Match/);
    expect((await doctor()).found).toMatchObject({ status: 'fail', found: expect.stringContaining('If-None-Match') });
  });

  it('is told by doctor what of the bucket can be relied on', async () => {
    const { found } = await doctor();
    expect(found).toMatchObject({ status: 'ok', found: expect.stringContaining(`bucket ${bucket.name}, writable`) });
    expect((await bucket.holds()).objects).toEqual([]);
  });

  it('shows no secret of a bucket that refuses it', async () => {
    meddler.fate = () => ({ status: 403, code: 'SignatureDoesNotMatch' });
    env = { ...env, CLIPTIDE_DEBUG: '1' };
    const { found, said } = await doctor();
    expect(found).toMatchObject({ status: 'fail', todo: expect.stringContaining('s3.secretAccessKey') });
    const { code, err } = await clip('denied');
    expect(code).not.toBe(0);
    expect(err).toMatch(/secret key does not belong/);
    expect(said + err).not.toMatch(/never-shown|AWS4|Signature=/);
  });
});
