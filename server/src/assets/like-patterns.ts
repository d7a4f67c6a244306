/** Patterns for LIKE that find a text anywhere; nothing in the text has a meaning of its own. */
export function likePatterns(texts: readonly string[]): string[] {
  return texts.map((text) => `%${text.replace(/[\\%_]/g, '\\$&')}%`);
}
