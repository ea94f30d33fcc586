import { CliptideError } from './errors.ts';

const segment = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/;

/**
 * The parts of a key: letters, digits, `.`, `_` and `-`, with `/` between, none beginning with a dot. Throws `forbidden`
 * for any other, so that no key leads out of the folder or to a file of the store's own.
 */
export function keySegments(key: string): readonly string[] {
  const segments = key.split('/');
  if (segments.length <= 8 && segments.every((part) => segment.test(part))) return segments;
  throw new CliptideError('forbidden', 'this is no key of a clip store', {
    where: JSON.stringify(key.slice(0, 100)),
    hint: 'keys are made of letters, digits, ".", "_" and "-", with "/" between',
  });
}
