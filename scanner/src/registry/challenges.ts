/** `WWW-Authenticate`: what a registry wants to see. Source: RFC 9110, 11.6.1. */

export interface Challenge {
  /** Lower case. */
  scheme: string;
  /** Names in lower case. */
  parameters: Map<string, string>;
}

const tokenPattern = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const quotedPattern = /"((?:[^"\\]|\\.)*)"/y;
const mostChallenges = 8;

/** All challenges of the header; what cannot be read ends the list. */
export function parseChallenges(header: string | readonly string[] | undefined): Challenge[] {
  const headers = header === undefined ? [] : typeof header === 'string' ? [header] : header;
  return headers.flatMap(parseHeader).slice(0, mostChallenges);
}

function parseHeader(text: string): Challenge[] {
  const challenges: Challenge[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (!found) return undefined;
    at = pattern.lastIndex;
    return found[1] ?? found[0];
  };
  const skip = (pattern: RegExp) => match(pattern) !== undefined;
  while (at < text.length) {
    skip(/[\s,]*/y);
    const scheme = match(tokenPattern);
    if (scheme === undefined) break;
    const parameters = new Map<string, string>();
    for (;;) {
      const before = at;
      skip(/[\s,]*/y);
      const name = match(tokenPattern);
      // A word without "=" is the next challenge's scheme.
      if (name === undefined || !skip(/\s*=\s*/y)) {
        at = before;
        break;
      }
      const quoted = match(quotedPattern);
      const value = quoted?.replace(/\\(.)/g, '$1') ?? match(tokenPattern);
      if (value === undefined) return challenges;
      parameters.set(name.toLowerCase(), value);
    }
    challenges.push({ scheme: scheme.toLowerCase(), parameters });
  }
  return challenges;
}
