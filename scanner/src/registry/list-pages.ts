/**
 * Lists that a registry gives in pages: by a `Link` header, or by asking for what comes after the `last` name. Of a
 * link only the query is taken, so that it leads neither to another host nor out of the path before `/v2/`.
 */
import { registryFailure } from './registry-failure.ts';

export interface Page {
  names: readonly string[];
  /** The `Link` header. */
  link: string | undefined;
}

export interface PageLimits {
  pageSize: number;
  /** More names than this end the list with an error, whatever the registry sends. */
  mostNames: number;
}

/** Each name once, in the registry's order. `read` gets the query, beginning with `?`. */
export async function* listPages(
  read: (query: string) => Promise<Page>,
  { pageSize, mostNames }: PageLimits,
): AsyncGenerator<string, void, undefined> {
  const seen = new Set<string>();
  const asked = new Set<string>();
  let query = `?n=${pageSize}`;
  while (!asked.has(query)) {
    asked.add(query);
    const { names, link } = await read(query);
    const fresh = [...new Set(names)].filter((name) => !seen.has(name));
    for (const name of fresh) {
      if (seen.size >= mostNames) {
        throw registryFailure('registry-error', `the registry lists more than ${mostNames} names, which is refused`);
      }
      seen.add(name);
      yield name;
    }
    const next = nextQuery(link);
    const last = names.at(-1);
    // Without a link a short page is the last one. A registry that knows no paging sends the same names again: the end.
    if (next === undefined && (names.length < pageSize || fresh.length === 0 || last === undefined)) return;
    // Pages without a new name that always link on would never end.
    if (fresh.length === 0 && asked.size > mostEmptyPages) return;
    query = next ?? `?n=${pageSize}&last=${encodeURIComponent(last ?? '')}`;
  }
}

/** Registries that filter by what the user may see send empty pages that link on. */
const mostEmptyPages = 1000;

function nextQuery(link: string | undefined): string | undefined {
  for (const [, target, parameters] of (link ?? '').matchAll(/<([^<>]*)>([^<]*)/g)) {
    if (!/;\s*rel\s*=\s*"?next"?/i.test(parameters ?? '')) continue;
    const start = target?.indexOf('?') ?? -1;
    return start < 0 ? undefined : target?.slice(start).split('#')[0];
  }
  return undefined;
}
