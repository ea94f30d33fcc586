import { S3ServiceException } from '@aws-sdk/client-s3';
import { CliptideError, type ErrorCode } from '../../domain/errors.ts';

interface Meaning {
  readonly code: ErrorCode;
  readonly text: string;
  readonly hint?: string;
}

const denied = { code: 'forbidden', text: 'the bucket may not be used like this' } as const;
const rights =
  'the user needs s3:GetObject, s3:PutObject, s3:DeleteObject and s3:AbortMultipartUpload on the objects, and s3:ListBucket on the bucket';
const away = 'check that it runs and can be reached, and s3.endpoint';
const region: Meaning = {
  code: 'config',
  text: 'the bucket is in another region',
  hint: 'set s3.region to that of the bucket',
};
const keys = 'check s3.accessKeyId and s3.secretAccessKey';
const corrupt: Meaning = { code: 'corrupt', text: 'the service got other bytes than were sent' };

/** By the name that the service or the SDK gives an error. */
const meanings: Readonly<Record<string, Meaning>> = {
  NoSuchBucket: { code: 'config', text: 'there is no such bucket', hint: 'make it, or correct s3.bucket' },
  AccessDenied: { ...denied, hint: rights },
  InvalidAccessKeyId: { ...denied, text: 'the access key is not known there', hint: keys },
  SignatureDoesNotMatch: { ...denied, text: 'the secret key does not belong to the access key', hint: keys },
  ExpiredToken: { ...denied, text: 'the session token has expired', hint: 'set s3.sessionToken anew' },
  RequestTimeTooSkewed: { ...denied, text: 'the clocks differ too much', hint: "set this machine's clock" },
  CredentialsProviderError: {
    code: 'config',
    text: 'no credentials were found',
    hint: 'set s3.accessKeyId and s3.secretAccessKey, or see where s3.credentials "chain" looks',
  },
  PermanentRedirect: region,
  AuthorizationHeaderMalformed: region,
  BadDigest: corrupt,
  XAmzContentSHA256Mismatch: corrupt,
  TimeoutError: { code: 'timeout', text: 'no answer in time', hint: away },
  RequestTimeout: { code: 'timeout', text: 'no answer in time', hint: away },
};

/** Of Node's TLS, by how their codes begin. */
const untrusted = /^(CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|ERR_TLS_CERT)/;
/** Of a local file. */
const local = /^(ENOENT|EACCES|EPERM|EROFS|ENOTDIR|EISDIR)$/;
const full = /^(ENOSPC|EDQUOT)$/;

/** What the SDK or a local file reported as a `CliptideError`. The cause has no headers: they are signed. */
export function s3Failure(error: unknown, where: string): CliptideError {
  if (error instanceof CliptideError) return error;
  const { code, text, hint } = meaningOf(error);
  const cause = new Error(`${nameOf(error)}: ${error instanceof Error ? error.message : String(error)}`);
  return new CliptideError(code, text, { where, cause, ...(hint === undefined ? {} : { hint }) });
}

function meaningOf(error: unknown): Meaning {
  const known = meanings[nameOf(error)];
  if (known !== undefined) return known;
  const code = codeOf(error);
  if (local.test(code)) return { code: 'config', text: 'the file cannot be reached or written' };
  if (full.test(code)) return { code: 'space', text: 'the disk is full', hint: 'free some space on this disk' };
  if (untrusted.test(code))
    return { code: 'config', text: "the service's certificate is not trusted", hint: 'set s3.ca to its authority' };
  const status = statusOf(error);
  if (status === 401 || status === 403) return { ...denied, hint: rights };
  if (status === 301 || status === 307) return region;
  return { code: 'unavailable', text: 'the service failed, or cannot be reached', hint: away };
}

/** Undefined for what is no answer of the service. */
export const statusOf = (error: unknown): number | undefined =>
  error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;

/**
 * Whether a put came too late: the name is taken, is being taken (409), or a completed upload was completed again because
 * the answer was lost (`NoSuchUpload`).
 */
export const isTaken = (error: unknown): boolean =>
  statusOf(error) === 412 || statusOf(error) === 409 || nameOf(error) === 'NoSuchUpload';

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');
