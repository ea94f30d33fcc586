/**
 * An address, or what should be one, as people and logs may see it: without its query, where tokens are, and without
 * user info, where passwords are.
 */
export const bareAddress = (text: string): string =>
  text.replace(/[?#].*$/s, '').replace(/^([a-z][a-z0-9+.-]*:)?\/\/[^/]*@/i, '$1//');
