import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { clipAddressesOf } from '../../../src/cli/node/clipstore.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { CliptideError } from '../../../src/domain/errors.ts';

const secret = 'a-secret-that-nobody-sees';
const keys = { CLIPTIDE_S3_ACCESS_KEY_ID: 'key', CLIPTIDE_S3_SECRET_ACCESS_KEY: secret };
const load = (env: Readonly<Record<string, string>>) => loadConfig({ cwd: '/', env }).clips;

function refusal(env: Readonly<Record<string, string>>): string {
  try {
    load(env);
  } catch (error) {
    if (error instanceof CliptideError && error.code === 'config') return error.message;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('the bucket of a configuration', () => {
  it('is none unless it is named', () => {
    expect(load({}).s3).toBeUndefined();
  });

  it("is Amazon's by its host's name, and another service's by the path", () => {
    const bucket = { ...keys, CLIPTIDE_S3_BUCKET: 'clips' };
    expect(load(bucket).s3).toMatchObject({ region: 'us-east-1', pathStyle: false, prefix: '', linkSeconds: 0 });
    const other = { ...bucket, CLIPTIDE_S3_ENDPOINT: 'http://minio:9000' };
    expect(load(other).s3).toMatchObject({ endpoint: 'http://minio:9000', pathStyle: true });
    expect(load({ ...other, CLIPTIDE_S3_PATH_STYLE: 'false' }).s3).toMatchObject({ pathStyle: false });
  });

  it("says where a clip's object is, and nothing of clips in a folder", () => {
    const bucket = { ...keys, CLIPTIDE_S3_BUCKET: 'clips' };
    const addressOf = (env: Readonly<Record<string, string>>) =>
      clipAddressesOf(loadConfig({ cwd: '/', env })).clipAddress?.('c-1/a.mp4');
    expect(addressOf(bucket)).toBe('s3://clips/c-1/a.mp4');
    expect(addressOf({ ...bucket, CLIPTIDE_S3_PREFIX: 'cliptide' })).toBe('s3://clips/cliptide/c-1/a.mp4');
    expect(addressOf({})).toBeUndefined();
  });

  it('shows no secret', () => {
    const { s3 } = load({ ...keys, CLIPTIDE_S3_BUCKET: 'clips', CLIPTIDE_S3_SESSION_TOKEN: secret });
    expect(inspect(s3, { depth: 9 }) + JSON.stringify(s3)).not.toContain(secret);
    expect(s3?.keys?.secret.reveal()).toBe(secret);
  });

  it("takes the SDK's own credentials only where that is said", () => {
    const bucket = { CLIPTIDE_S3_BUCKET: 'clips' };
    expect(refusal(bucket)).toBe('s3.accessKeyId is missing: s3.bucket is set');
    expect(refusal({ ...bucket, CLIPTIDE_S3_ACCESS_KEY_ID: 'key' })).toMatch(/^s3\.secretAccessKey is missing/);
    const chain = { ...bucket, CLIPTIDE_S3_CREDENTIALS: 'chain' };
    expect(load(chain).s3?.keys).toBeUndefined();
    expect(refusal({ ...chain, ...keys })).toMatch(/s3\.credentials is "chain"/);
  });

  it.each([
    [{ CLIPTIDE_S3_ENDPOINT: 'http://minio:9000' }, /s3\.bucket is missing: s3\.endpoint is set/],
    [{ CLIPTIDE_S3_BUCKET: '../etc', ...keys }, /^s3\.bucket must be/],
    [{ CLIPTIDE_S3_BUCKET: 'clips', CLIPTIDE_S3_ENDPOINT: 'http://a:b@minio', ...keys }, /^s3\.endpoint must be/],
  ])('is refused when %j', (env, why) => {
    expect(refusal(env)).toMatch(why);
  });

  it.each(['/a', 'a/', 'a//b', '..', 'a/../b', '.a', 'a b', 'a/.b'])('is refused with the prefix %j', (prefix) => {
    expect(refusal({ ...keys, CLIPTIDE_S3_BUCKET: 'clips', CLIPTIDE_S3_PREFIX: prefix })).toMatch(
      /^s3\.prefix must be/,
    );
  });

  it.each(['a', 'a/b', 'team-1/clips_2/x.y'])('takes the prefix %j', (prefix) => {
    expect(load({ ...keys, CLIPTIDE_S3_BUCKET: 'clips', CLIPTIDE_S3_PREFIX: prefix }).s3?.prefix).toBe(prefix);
  });
});
