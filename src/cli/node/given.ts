import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { httpAddress } from '../../adapters/fetch/http/address.ts';
import type { OriginPolicy } from '../../adapters/fetch/http/originpolicy.ts';
import { addressPolicy } from '../../adapters/fetch/http/policy.ts';
import { isPlaylistFile } from '../../adapters/hls/load.ts';
import type { Config } from '../../config/config.ts';
import { CliptideError, toCliptideError } from '../../domain/errors.ts';
import { parseGrant } from '../../domain/fetchgrant.ts';

/** Media that a person named to this process; it holds here only, and is in no record that another process reads. */
export interface GivenMedia {
  readonly urls: readonly URL[];
  /** Absolute paths of files, and of the folders of playlists. */
  readonly paths: readonly string[];
}

export const nothingGiven: GivenMedia = { urls: [], paths: [] };

/**
 * What an address or a path, as it was typed, lets be read: its host and port, or its file and those of its playlist.
 * Rejects with `usage` for an address that is not fetched.
 */
export async function givenBy(typed: string): Promise<GivenMedia> {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(typed) && !/^file:/i.test(typed))
    return { urls: [typedAddress(typed)], paths: [] };
  const path = resolve(/^file:\/\//i.test(typed) ? fileURLToPath(typed) : typed);
  return { urls: [], paths: [(await isPlaylistFile(path)) ? dirname(path) : path] };
}

/** What no record may name is wrong usage where a person typed it. */
function typedAddress(typed: string): URL {
  try {
    return httpAddress(typed);
  } catch (error) {
    const { message, where, hint } = toCliptideError(error);
    throw new CliptideError('usage', message, {
      ...(where === undefined ? {} : { where }),
      ...(hint === undefined ? {} : { hint }),
      cause: error,
    });
  }
}

/** What this process fetches: public addresses, what is configured (sources too), and what was given. */
export function policyOf(config: Config, given: GivenMedia): OriginPolicy {
  const { allow, ports } = config.fetch;
  return addressPolicy({
    allow: allow.flatMap((text) => parseGrant(text) ?? []),
    ports,
    given: [...given.urls, ...config.sources.map(({ hls }) => new URL(hls))],
  });
}

/** Where files that records name may lie. */
export function rootsOf(config: Config, given: GivenMedia): readonly string[] {
  return [...config.media.roots, ...given.paths];
}
