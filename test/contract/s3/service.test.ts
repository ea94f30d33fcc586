import { readFileSync, rmSync } from 'node:fs';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { S3ClipStore } from '../../../src/adapters/s3/store.ts';
import { selfSigned } from '../../support/certificates.ts';
import { MeddledBucket, type S3Bucket } from '../../support/s3bucket.ts';
import { describeWithServices } from '../../support/services.ts';
import { StubServer } from '../../support/stubserver.ts';

describeWithServices(['s3'], 'an S3 service', (addressOf) => {
  let line: MeddledBucket;
  let bucket: S3Bucket;
  let store: S3ClipStore;
  let movie: string;
  beforeEach(async () => {
    line = await MeddledBucket.make(addressOf('s3'));
    ({ bucket, store, movie } = line);
  });
  afterEach(() => line.close());

  it('that is away is given up after four tries, by name', async () => {
    line.meddler.fate = () => ({ status: 503, code: 'SlowDown' });
    await expect(store.stat('clip.mp4')).rejects.toMatchObject({ code: 'unavailable' });
    expect(line.meddler.asked).toHaveLength(4);
    await line.meddler.close();
    await expect(store.open('clip.mp4')).rejects.toMatchObject({ code: 'unavailable', hint: expect.any(String) });
  });

  it('that never answers is given up', async () => {
    line.meddler.fate = () => 'never-answer';
    const impatient = bucket.store({ bucket: { ...bucket.options, endpoint: line.url, silenceMs: 1_000 } });
    await expect(impatient.stat('clip.mp4')).rejects.toMatchObject({ code: 'timeout' });
    expect(line.meddler.asked).toHaveLength(4);
  });

  it.each([
    ['PutObject', 'PUT'],
    ['CompleteMultipartUpload', 'POST'],
  ])('that ignores If-None-Match of %s is refused, and nothing is left there', async (operation, method) => {
    line.meddler.fate = (request) => {
      if (request.method === method) delete request.headers['if-none-match'];
      return 'pass';
    };
    await expect(store.put('clip.mp4', movie)).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining(`If-None-Match of ${operation}`),
    });
    expect(await bucket.holds()).toEqual({ objects: [], uploads: [] });
  });

  it('without the bucket says so', async () => {
    const other = bucket.store({ bucket: { ...bucket.options, bucket: `${bucket.name}-2` } });
    await expect(other.put('clip.mp4', movie)).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('no such bucket'),
    });
  });

  it.each(['SignatureDoesNotMatch', 'AccessDenied', 'InvalidAccessKeyId'])(
    'that answers %s is told apart, and the error shows no secret and no signature',
    async (code) => {
      line.meddler.fate = () => ({ status: 403, code });
      const error: unknown = await store.put('clip.mp4', movie).catch((failure: unknown) => failure);
      expect(error).toMatchObject({ code: 'forbidden' });
      const shown = inspect(error, { depth: 20, showHidden: true });
      expect(shown).not.toContain('never-shown');
      expect(shown).not.toMatch(/AWS4|Signature=/);
      expect(JSON.stringify(inspect(store, { depth: 20, showHidden: true }))).not.toContain('never-shown');
    },
  );

  it('whose certificate nobody vouches for is not spoken to', async () => {
    const { folder, cert, key } = selfSigned();
    const tls = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
    rmSync(folder, { recursive: true });
    const server = await StubServer.start((_, response) => response.writeHead(404).end(), tls);
    const { NODE_TLS_REJECT_UNAUTHORIZED: before } = process.env;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      const distrusting = bucket.store({}, server.url);
      const hint = expect.stringContaining('s3.ca');
      await expect(distrusting.stat('clip.mp4')).rejects.toMatchObject({ code: 'config', hint });
      const told = bucket.store({ bucket: { ...bucket.options, endpoint: server.url, ca: tls.cert } });
      expect(await told.stat('clip.mp4')).toBeUndefined();
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
      await server.close();
    }
  });
});
