import { z } from 'zod';
import type { KeySpec } from './keyspec.ts';
import { address, choice, secret, text, whole } from './values.ts';

const places = ['keys', 'chain'] as const;
/** A signature may be good for a week at most. */
const week = 7 * 24 * 60 * 60;

const bucket = z
  .string({ error: 'must be a text' })
  .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, { error: 'must be 3 to 63 small letters, digits, dots and dashes' });
const prefix = z.string({ error: 'must be a text' }).regex(/^([A-Za-z0-9_-][A-Za-z0-9._-]*(\/(?!$)|$))*$/, {
  error: 'must be letters, digits, dots, dashes and underscores, with / between, none beginning with a dot',
});

/** The keys of a bucket for clips; without `s3.bucket` they are in a folder. */
export const s3Keys = {
  's3.bucket': {
    schema: bucket.optional(),
    type: 'text',
    description: 'Bucket of an S3-compatible service for the clips, whatever `clipsDir` is; see [S3](s3.md).',
  },
  's3.prefix': {
    schema: prefix.default(''),
    type: 'text',
    description: 'Stands before every key in the bucket, with a slash between.',
  },
  's3.endpoint': {
    schema: address.optional(),
    type: 'text',
    description: "Address of the service; Amazon's for the region unless given.",
  },
  's3.region': {
    schema: text.default('us-east-1'),
    type: 'text',
    description: 'Region of the bucket.',
  },
  's3.pathStyle': {
    schema: z.boolean({ error: 'must be true or false' }).optional(),
    type: 'switch',
    description:
      "Whether the bucket's name goes into the path of an address instead of the host; unless given, where there is an `s3.endpoint`.",
  },
  's3.ca': {
    schema: text.optional(),
    type: 'path',
    description:
      "File with the authorities that the service's certificate is checked against (PEM); the system's unless given.",
  },
  's3.credentials': {
    schema: choice(places).default('keys'),
    type: 'choice',
    values: places.join(', '),
    description:
      "`keys`: those below; `chain`: where Amazon's SDK looks (its variables, its profiles, the machine's role).",
  },
  's3.accessKeyId': { schema: text.optional(), type: 'text', description: 'Access key of the service.' },
  's3.secretAccessKey': {
    schema: secret(text).optional(),
    type: 'text',
    secret: true,
    description: 'Secret of that access key.',
  },
  's3.sessionToken': {
    schema: secret(text).optional(),
    type: 'text',
    secret: true,
    description: 'Token of a temporary access key.',
  },
  's3.linkSeconds': {
    schema: whole(0, week).default(0),
    type: 'number',
    description: 'How long a link is good for by which anyone who has it can read a clip; 0 makes none.',
  },
} as const satisfies Readonly<Record<string, KeySpec>>;
