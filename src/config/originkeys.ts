import { z } from 'zod';
import { parseGrant } from '../domain/fetchgrant.ts';
import type { KeySpec } from './keyspec.ts';
import { text, whole } from './values.ts';

const grant = z.string({ error: 'must be a text' }).refine((value) => parseGrant(value) !== undefined, {
  error: 'must be host, host:port, an IP address or a CIDR range',
});

/** A variable holds its list as text. */
const port = z.preprocess(
  (value) => (typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : value),
  whole(1, 65_535),
);

/** What of the network and of the disk media is read from. */
export const originKeys = {
  'fetch.allow': {
    schema: z.array(grant, { error: 'must be a list of hosts and addresses' }).default([]),
    type: 'list',
    values: 'hosts, `host:port`, IP addresses, CIDR ranges',
    description: 'What media is fetched from although it is no public address or no usual port; see docs/media.md.',
  },
  'fetch.ports': {
    schema: z.array(port, { error: 'must be a list of ports' }).default([80, 443, 8080, 8443]),
    type: 'list',
    values: 'numbers',
    description: 'Ports that media is fetched from.',
  },
  'media.roots': {
    schema: z.array(text, { error: 'must be a list of folders' }).default([]),
    type: 'list',
    values: 'paths of folders',
    description: 'Where media files may lie that the topic `archive.events` names; nowhere else are any read.',
  },
} as const satisfies Readonly<Record<string, KeySpec>>;
