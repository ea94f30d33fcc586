// Begins at a comma only, so that a long value without any is looked at once.
const attribute = /(?:^|,)\s*([A-Za-z0-9-]+)\s*=\s*(?:"([^"]*)"|([^",]*))/g;

/** Attributes of a tag (RFC 8216, section 4.2): names to values, quotes removed. What is malformed is left out. */
export function attributesOf(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = '', quoted, bare = ''] of text.matchAll(attribute)) {
    attributes.set(name.toUpperCase(), quoted ?? bare.trim());
  }
  return attributes;
}
