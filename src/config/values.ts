import { z } from 'zod';
import { isLimit } from '../domain/budgets.ts';
import { Secret } from './secret.ts';

const units: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

/** Bytes of a number or of a text such as `20 GB` (10^9) or `1 GiB` (2^30); what is neither stays as it is. */
export function parseSize(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(value);
  const factor = units[match?.[2]?.toUpperCase() ?? 'none'];
  if (match === null || factor === undefined) return value;
  const bytes = Number(match[1]) * factor;
  // There is no half a byte: the unit was forgotten.
  return factor === 1 && !Number.isInteger(bytes) ? value : Math.round(bytes);
}

const sizeReason = 'must be a size such as 20 GB, 512 MiB or a number of bytes';

/** Bytes, as an integer. */
export const size = (least: number) =>
  z.preprocess(parseSize, z.int({ error: sizeReason }).min(least, { error: `must be at least ${least} bytes` }));

export const whole = (least: number, most: number) => {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
};

/** US dollars, to the millionth. */
export const dollars = (most: number) => {
  const error = `must be US dollars such as 2.50, from 0 to ${most}, with at most six decimals`;
  return z.number({ error }).refine((value) => value <= most && isLimit('llmCostPerDay', value), { error });
};

export const text = z.string({ error: 'must be a text' }).min(1, { error: 'must not be empty' });

export const choice = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` });

/** An http or https address without user and password in it. */
export const address = z.string({ error: 'must be an http or https address' }).refine(
  (value) => {
    const url = URL.parse(value);
    return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  },
  { error: 'must be an http or https address without a user and password in it' },
);

export const secret = (check: z.ZodType<string>) => check.transform((value) => new Secret(value));

/** A Standard Webhooks secret: `whsec_` and 24 to 64 bytes in Base64. */
export const webhookSecret = z.string({ error: 'must be a text' }).refine(
  (value) => {
    const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(value)?.[1];
    const bytes = encoded === undefined ? 0 : Buffer.from(encoded, 'base64').length;
    return bytes >= 24 && bytes <= 64;
  },
  { error: 'must be whsec_ followed by 24 to 64 bytes in Base64' },
);

/** An ISO 8601 date and time with its zone, as milliseconds since 1970-01-01 UTC. */
export const instant = z.iso
  .datetime({ offset: true, error: 'must be a date and time with its zone, such as 2026-05-01T18:00:00Z' })
  .transform((value) => Date.parse(value));
