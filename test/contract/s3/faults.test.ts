import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { S3ClipStore } from '../../../src/adapters/s3/store.ts';
import { MeddledBucket, type S3Bucket } from '../../support/s3bucket.ts';
import type { Fate, MeddledRequest, Meddler } from '../../support/s3meddler.ts';
import { describeWithServices } from '../../support/services.ts';

const part = 16 << 20;
const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const isPut = ({ method, url }: MeddledRequest): boolean => method === 'PUT' && url.includes('clip');
const isComplete = ({ method, url }: MeddledRequest): boolean => method === 'POST' && url.includes('uploadId');
const isRead = ({ method, url }: MeddledRequest): boolean => method === 'GET' && url.includes('clip');

describeWithServices(['s3'], 'a bucket behind a bad line', (addressOf) => {
  let line: MeddledBucket;
  let bucket: S3Bucket;
  let store: S3ClipStore;
  let movie: string;
  beforeEach(async () => {
    line = await MeddledBucket.make(addressOf('s3'));
    ({ bucket, store, movie } = line);
  });
  afterEach(() => line.close());
  const large = (bytes = 2 * part + 12_345): Buffer => {
    const data = randomBytes(bytes);
    writeFileSync(movie, data);
    return data;
  };
  /** Does that to the first such request only. */
  const once = (matches: (request: MeddledRequest) => boolean, fate: Meddler['fate']): void => {
    let done = false;
    line.meddler.fate = (request) => {
      if (done || !matches(request)) return 'pass';
      done = true;
      return fate(request);
    };
  };

  describe('an upload', () => {
    it('in parts is whole, with its checksum, and leaves no upload open', async () => {
      const data = large();
      const stored = { key: 'clip.mp4', bytes: data.length, sha256: sha256(data) };
      expect(await store.put('clip.mp4', movie)).toEqual(stored);
      expect(line.meddler.asked.filter((line) => line.includes('partNumber'))).toHaveLength(3 + 1);
      expect(readFileSync(await store.open('clip.mp4')).equals(data)).toBe(true);
      expect(await bucket.holds()).toEqual({ objects: ['of/cliptide/clip.mp4'], uploads: [] });
    });

    it.each([
      ['by one request', isPut, 5],
      ['in parts', isComplete, 2 * part],
    ])('%s does not replace what another writer put a moment before', async (_, matches, bytes) => {
      large(bytes);
      const faster = join(bucket.folder, 'faster');
      writeFileSync(faster, 'faster');
      await store.prove();
      once(matches, async (): Promise<Fate> => {
        await bucket.store().put('clip.mp4', faster);
        return 'pass';
      });
      expect(await store.put('clip.mp4', movie)).toMatchObject({ bytes: 6, sha256: sha256('faster') });
      expect(readFileSync(await store.open('clip.mp4'), 'utf8')).toBe('faster');
      expect((await bucket.holds()).uploads).toEqual([]);
    });

    it('of the same bytes by two writers at once succeeds for both', async () => {
      const stored = await Promise.all([store, bucket.store()].map((one) => one.put('clip.mp4', movie)));
      expect(stored.map((one) => one.sha256)).toEqual([sha256('movie'), sha256('movie')]);
    });

    it('that fails in the middle leaves nothing behind', async () => {
      large();
      line.meddler.fate = ({ url }) => (url.includes('partNumber=2') ? { status: 500, code: 'InternalError' } : 'pass');
      await expect(store.put('clip.mp4', movie)).rejects.toMatchObject({ code: 'unavailable' });
      expect(await bucket.holds()).toEqual({ objects: [], uploads: [] });
    });

    it.each([
      ['by one request', isPut, 5],
      ['in parts', isComplete, 2 * part],
    ])('%s whose answer is lost has happened', async (_, matches, bytes) => {
      const data = large(bytes);
      await store.prove();
      once(matches, () => 'lose-answer');
      expect(await store.put('clip.mp4', movie)).toMatchObject({ sha256: sha256(data) });
      expect((await bucket.holds()).uploads).toEqual([]);
    });

    it('that arrives damaged is refused, also by a service that takes any bytes', async () => {
      line.meddler.fate = (request) => {
        if (isPut(request)) request.body = Buffer.from('movlf');
        return 'pass';
      };
      await expect(store.put('clip.mp4', movie)).rejects.toMatchObject({ code: 'corrupt' });
      expect(await store.stat('clip.mp4')).toBeUndefined();
    });

    it('that the service says arrived damaged is refused', async () => {
      await store.prove();
      line.meddler.fate = (request) => (isPut(request) ? { status: 400, code: 'BadDigest' } : 'pass');
      await expect(store.put('clip.mp4', movie)).rejects.toMatchObject({ code: 'corrupt' });
    });
  });

  describe('a read', () => {
    it('that breaks off is begun anew', async () => {
      const data = large(1 << 20);
      await store.put('clip.mp4', movie);
      once(isRead, () => 'break-answer');
      expect(readFileSync(await store.open('clip.mp4')).equals(data)).toBe(true);
    });

    it.each(['other', 'longer than before', 'less'])('refuses %j, which is not what was put', async (body) => {
      await store.put('clip.mp4', movie);
      const object = { Bucket: bucket.name, Key: 'of/cliptide/clip.mp4' };
      const Metadata = { 'cliptide-sha256': sha256('movie') };
      await bucket.client.send(new PutObjectCommand({ ...object, Body: body, Metadata }));
      await expect(store.open('clip.mp4')).rejects.toMatchObject({ code: 'corrupt' });
      expect(readdirSync(join(bucket.folder, 'copies'))).toEqual([]);
    });

    it('refuses an object that somebody else has put there', async () => {
      await bucket.client.send(new PutObjectCommand({ Bucket: bucket.name, Key: 'of/cliptide/clip.mp4', Body: 'x' }));
      await expect(store.stat('clip.mp4')).rejects.toMatchObject({ code: 'corrupt' });
      await store.delete('clip.mp4');
      expect((await bucket.holds()).objects).toEqual([]);
    });

    it('knows nothing outside of its prefix', async () => {
      await bucket.client.send(new PutObjectCommand({ Bucket: bucket.name, Key: 'events/a.avro', Body: 'x' }));
      expect(await store.list('events')).toEqual([]);
      expect(await store.stat('events/a.avro')).toBeUndefined();
    });
  });
});
