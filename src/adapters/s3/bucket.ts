import { Agent as HttpsAgent } from 'node:https';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';

/** Where a store's objects are, and who asks for them; the secrets stay in here and are never printed. */
export interface BucketOptions {
  /** Address of the service; Amazon's for the region unless given. */
  readonly endpoint?: string;
  readonly region: string;
  readonly bucket: string;
  /** Stands before every key, without a slash at its end; may be empty. */
  readonly prefix: string;
  /** Whether the bucket's name goes into the path instead of the host's name. */
  readonly pathStyle: boolean;
  /** Without them the SDK looks where it always does: variables, profiles, the machine's role. */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** Authorities as PEM, where not the system's. */
  readonly ca?: string;
  /** Without a byte for so long a connection counts as dead, in milliseconds; 20 s unless given. */
  readonly silenceMs?: number;
}

/** A bucket with the client that asks for it. */
export interface Bucket {
  readonly client: S3Client;
  readonly name: string;
  readonly prefix: string;
  /** Service and bucket, for people. */
  readonly where: string;
}

const attempts = 4;
const connectMs = 5_000;
const defaultSilenceMs = 20_000;
/** A part may take so long to be sent and answered. */
const requestMs = 120_000;

/**
 * Opens nothing: the first request does. A request is tried up to four times, with growing random pauses. Checksums are
 * the store's own (SHA-256), so the SDK adds none.
 */
export function bucketOf(options: BucketOptions): Bucket {
  const { endpoint, region, bucket, prefix, pathStyle, credentials, ca, silenceMs = defaultSilenceMs } = options;
  const config: S3ClientConfig = {
    region,
    forcePathStyle: pathStyle,
    maxAttempts: attempts,
    retryMode: 'standard',
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: Math.min(connectMs, silenceMs),
      socketTimeout: silenceMs,
      requestTimeout: requestMs,
      throwOnRequestTimeout: true,
      // Said in words, so that no variable of the environment turns it off.
      httpsAgent: new HttpsAgent({ keepAlive: true, rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) }),
    },
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  };
  const host = endpoint === undefined ? `S3 in ${region}` : new URL(endpoint).host;
  return { client: new S3Client(config), name: bucket, prefix, where: `${host}, bucket ${bucket}` };
}

export interface ObjectName {
  readonly Bucket: string;
  readonly Key: string;
}

/** The object of a key that was checked. */
export const objectOf = ({ name, prefix }: Bucket, key: string): ObjectName => ({
  Bucket: name,
  Key: prefix === '' ? key : `${prefix}/${key}`,
});
