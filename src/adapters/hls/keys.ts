import { CliptideError } from '../../domain/errors.ts';
import { attributesOf } from './attributes.ts';
import type { PlaylistLine } from './lines.ts';
import type { PlaylistKey } from './playlist.ts';

/** An EXT-X-KEY that Cliptide can decrypt with; `iv` is undefined where the playlist leaves it to the sequence number. */
interface Identity {
  readonly uri: string;
  readonly iv: string | undefined;
}

const identity = 'identity';
/** A playlist names a handful. */
const mostFormats = 32;

/**
 * The keys that hold at a place of a media playlist (RFC 8216, section 4.3.2.4): one for each KEYFORMAT, of which any
 * will do. AES-128 in the format `identity` is read; where there are others only, what they protect is refused by name.
 */
export class KeysInForce {
  readonly #where: string;
  readonly #keys = new Map<string, Identity | CliptideError>();

  constructor(where: string) {
    this.#where = where;
  }

  /** Takes the attributes of an EXT-X-KEY. */
  take(value: string): void {
    const attributes = attributesOf(value);
    if (attributes.get('METHOD') === 'NONE') {
      this.#keys.clear();
      return;
    }
    this.#keys.set(attributes.get('KEYFORMAT') ?? identity, identityOf(attributes, this.#where));
    if (this.#keys.size > mostFormats) throw malformed(`a known KEYFORMAT among ${mostFormats} others`, this.#where);
  }

  /** What a segment with this media sequence number is encrypted with, or null. Throws `media` what is not read. */
  ofSegment(sequence: number): PlaylistKey | null {
    const key = this.#usable();
    return key === null ? null : { uri: key.uri, iv: key.iv ?? sequence.toString(16).padStart(32, '0') };
  }

  /** An initialisation section has no sequence number: it is encrypted where the key says its vector, else plain. */
  ofInit(): PlaylistKey | null {
    const key = this.#keys.get(identity);
    if (key === undefined || key instanceof CliptideError || key.iv === undefined) return null;
    return { uri: key.uri, iv: key.iv };
  }

  #usable(): Identity | null {
    const [first] = this.#keys.values();
    if (first === undefined) return null;
    const key = this.#keys.get(identity) ?? first;
    if (key instanceof CliptideError) throw key;
    return key;
  }
}

/** Refuses a master playlist whose EXT-X-SESSION-KEYs are all of kinds that are not read. Throws `media`. */
export function refuseSessionKeys(lines: readonly PlaylistLine[], where: string): void {
  const keys = lines.filter((line) => line.kind === 'tag' && line.name === '#EXT-X-SESSION-KEY');
  const read = keys.map((line) => (line.kind === 'tag' ? identityOf(attributesOf(line.value), where) : null));
  const [first] = read;
  if (first instanceof CliptideError && read.every((key) => key instanceof CliptideError)) throw first;
}

function identityOf(attributes: ReadonlyMap<string, string>, where: string): Identity | CliptideError {
  const method = attributes.get('METHOD') ?? 'unknown';
  const format = attributes.get('KEYFORMAT') ?? identity;
  if (method !== 'AES-128' || format !== identity) return notRead(method, format, where);
  const versions = attributes.get('KEYFORMATVERSIONS') ?? '1';
  if (!versions.split('/').includes('1')) return notRead(method, `${identity}, versions ${versions}`, where);
  const uri = attributes.get('URI');
  if (uri === undefined || uri === '') return malformed('an address', where);
  const iv = attributes.get('IV');
  if (iv === undefined) return { uri, iv };
  const digits = /^0x([0-9a-f]{1,32})$/i.exec(iv)?.[1];
  return digits === undefined
    ? malformed('a vector of 128 bits', where)
    : { uri, iv: digits.toLowerCase().padStart(32, '0') };
}

function notRead(method: string, format: string, where: string): CliptideError {
  const by = format === identity ? '' : `, KEYFORMAT=${format.slice(0, 60)}`;
  return new CliptideError('media', `The segments are encrypted with METHOD=${method.slice(0, 40)}${by}`, {
    where,
    hint: 'Only AES-128 with a key that can be fetched (KEYFORMAT identity) is read; digital rights management is not.',
  });
}

function malformed(what: string, where: string): CliptideError {
  return new CliptideError('media', `The segments are encrypted, and their EXT-X-KEY lacks ${what}`, { where });
}
