import { createHmac } from 'node:crypto';

/** How many pseudonyms are remembered; a busy chat has a few thousand people at a time. */
const cacheSize = 50_000;

/**
 * Makes a function from a platform's user id (or name) to its pseudonym: 16 hexadecimal digits of HMAC-SHA-256 under
 * the data folder's key. Equal ids give equal pseudonyms under one key; without the key they cannot be undone.
 */
export function pseudonyms(key: string): (user: string) => string {
  const known = new Map<string, string>();
  return (user) => {
    const cached = known.get(user);
    if (cached !== undefined) return cached;
    const made = createHmac('sha256', key).update(user).digest('hex').slice(0, 16);
    if (known.size >= cacheSize) known.clear();
    known.set(user, made);
    return made;
  };
}
