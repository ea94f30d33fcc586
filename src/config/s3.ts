import { CliptideError } from '../domain/errors.ts';
import type { KeyName, KeyValues } from './keys.ts';
import { readPem } from './pem.ts';
import type { Secret } from './secret.ts';

/** A bucket for the clips. */
export interface S3Config {
  readonly bucket: string;
  readonly prefix: string;
  /** Amazon's for the region unless given. */
  readonly endpoint: string | undefined;
  readonly region: string;
  readonly pathStyle: boolean;
  /** PEM. */
  readonly ca: string | undefined;
  /** Undefined where the SDK's own chain is to be used. */
  readonly keys:
    | { readonly id: string; readonly secret: Secret; readonly sessionToken: Secret | undefined }
    | undefined;
  /** 0 makes no links. */
  readonly linkSeconds: number;
}

/** Undefined where clips are in a folder. Throws `config` for keys that do not go together, naming them. */
export function s3Of(values: KeyValues, path: (key: KeyName, value: string) => string): S3Config | undefined {
  const bucket = values['s3.bucket'];
  if (bucket === undefined) {
    for (const key of ['s3.endpoint', 's3.accessKeyId', 's3.secretAccessKey'] as const)
      if (values[key] !== undefined) throw wrong(`s3.bucket is missing: ${key} is set`, 'set s3.bucket');
    return undefined;
  }
  const endpoint = values['s3.endpoint'];
  const ca = values['s3.ca'];
  return {
    bucket,
    prefix: values['s3.prefix'],
    endpoint,
    region: values['s3.region'],
    pathStyle: values['s3.pathStyle'] ?? endpoint !== undefined,
    ca: ca === undefined ? undefined : readPem('s3.ca', path('s3.ca', ca)),
    keys: keysOf(values),
    linkSeconds: values['s3.linkSeconds'],
  };
}

function keysOf(values: KeyValues): S3Config['keys'] {
  const id = values['s3.accessKeyId'];
  const secret = values['s3.secretAccessKey'];
  if (values['s3.credentials'] === 'chain') {
    if (id === undefined && secret === undefined) return undefined;
    throw wrong('s3.credentials is "chain", and an access key is set', 'take one of them away');
  }
  if (id !== undefined && secret !== undefined) return { id, secret, sessionToken: values['s3.sessionToken'] };
  const lacking = id === undefined ? 's3.accessKeyId' : 's3.secretAccessKey';
  const hint = `set ${lacking}, or s3.credentials to "chain" for what Amazon's SDK finds`;
  throw wrong(`${lacking} is missing: s3.bucket is set`, hint);
}

const wrong = (text: string, hint: string): CliptideError =>
  new CliptideError('config', text, { where: 'the configuration', hint });
