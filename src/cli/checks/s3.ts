import type { S3Config } from '../../config/s3.ts';
import { toCliptideError } from '../../domain/errors.ts';
import { bucketOptions } from '../node/clipstore.ts';
import { type Finding, fail, ok } from './finding.ts';

const silenceMs = 3_000;

/** The bucket of the clips: whether it answers, can be written, and honours `If-None-Match`; tried on an object of its own. */
export async function checkS3(s3: S3Config): Promise<Finding[]> {
  const [{ bucketOf }, { proveBucket }] = await Promise.all([
    import('../../adapters/s3/bucket.ts'),
    import('../../adapters/s3/proof.ts'),
  ]);
  const bucket = bucketOf({ ...bucketOptions(s3), silenceMs });
  try {
    const { checksBytes } = await proveBucket(bucket);
    const checks = checksBytes ? 'checks what it gets' : 'checks nothing that it gets: clips are read back';
    return [ok('s3', `${bucket.where}, writable, conditional writes, ${checks}`)];
  } catch (error) {
    const { message, hint } = toCliptideError(error);
    return [fail('s3', message, hint ?? 'check s3.endpoint and s3.bucket')];
  } finally {
    bucket.client.destroy();
  }
}
