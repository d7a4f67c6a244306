/**
 * Which statements are prepared: those that come again, each once for each connection. Under row-level security PostgreSQL
 * takes longer to plan a small statement than to run it; the plan of a prepared one is kept.
 */

/** Statements beyond these are planned each time, as lists of changing length make ever new ones. */
const mostNames = 500;
const mostSeen = 5_000;

export interface PreparedStatements {
  /** The name under which this statement is prepared; undefined for one that comes the first time. */
  nameOf(text: string): string | undefined;
  /** Lets all be prepared anew, under other names: a migration has changed what a statement gives. */
  renew(): void;
}

export function preparedStatements(): PreparedStatements {
  const seen = new Set<string>();
  const names = new Map<string, string>();
  let generation = 1;
  return {
    nameOf(text) {
      const known = names.get(text);
      if (known !== undefined) return known;
      if (names.size >= mostNames) return undefined;
      if (seen.delete(text)) {
        const name = `w${generation}_${names.size}`;
        names.set(text, name);
        return name;
      }
      if (seen.size >= mostSeen) seen.clear();
      seen.add(text);
      return undefined;
    },
    renew() {
      names.clear();
      generation += 1;
    },
  };
}

/** Whether PostgreSQL says that a prepared statement gives other columns than before. */
export function isStalePlan(error: unknown): boolean {
  return codeOf(error) === '0A000' && error instanceof Error && error.message.includes('cached plan');
}

const lostAgainstAnother: ReadonlySet<unknown> = new Set(['40001', '40P01']);

/** Whether a transaction failed by no fault of its own: it lost against another one, or against a migration. */
export function worksWhenRunAgain(error: unknown): boolean {
  return lostAgainstAnother.has(codeOf(error)) || isStalePlan(error);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
