import { checkSetting } from './limits.ts';
import { accessDenied } from './refusal.ts';

const token =
  /\s+|'(?:[^'\\]|\\.|'')*'|`(?:[^`\\]|\\.|``)*`|"(?:[^"\\]|\\.|"")*"|[\p{L}_][\p{L}\p{N}_]*|[0-9][0-9a-zA-Z_.]*|./gsu;

/**
 * Checks the SETTINGS clauses of a query and returns how many there are. The engine's tree does not say what they hold,
 * so they are read from the engine's own rendering of the query, token by token; who asks compares the number with the
 * tree's.
 */
export function checkSettingsClauses(canonical: string): number {
  const tokens = [...canonical.matchAll(token)].map((match) => match[0]).filter((text) => text.trim() !== '');
  let found = 0;
  for (const [index, text] of tokens.entries()) {
    if (text !== 'SETTINGS') continue;
    found += 1;
    checkClause(tokens, index + 1);
  }
  return found;
}

function checkClause(tokens: readonly string[], from: number): void {
  let at = from;
  do {
    const [name = '', equals, value = ''] = tokens.slice(at, at + 3);
    if (equals !== '=' || !/^[a-z_0-9]+$/.test(name) || !/^('|[0-9])/.test(value)) {
      throw accessDenied('The settings of this query cannot be checked');
    }
    checkSetting(name, value.startsWith("'") ? value.slice(1, -1) : value);
    at += 4;
  } while (tokens[at - 1] === ',');
}
