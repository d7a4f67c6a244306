/**
 * What an error says, on one line: for messages that a person reads at the end of a start or a command. A failed connection
 * to a name with several addresses has an empty message of its own; its parts say what happened.
 */
export function errorLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (message === '' && error instanceof AggregateError) return [...new Set(error.errors.map(errorLine))].join('; ');
  const line = message.replaceAll(/\s*\p{Cc}+\s*/gu, ' ').trim();
  return line || (error instanceof Error ? error.name : 'unknown error');
}

/** The stable code of an error of Node or PostgreSQL, such as `ENOENT` or `23505`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
