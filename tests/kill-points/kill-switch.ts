/**
 * Watches every statement that this process sends, and ends the process at a chosen one. Loaded with `--import` before the
 * product, which knows nothing of it.
 */
import pg from 'pg';
import type { Kill, Position } from './kill-plan.ts';
import { sameWrites, writesOf } from './sql-writes.ts';
import { findWriteSites, productFrame, writingFunctions, type WriteSite } from './write-sites.ts';

const allSites = findWriteSites();
const sites = Map.groupBy(allSites, ({ file }) => file);
let passed: string[] | undefined;
let wanted: Kill | undefined;
let seen = 0;
/** The first point of the transaction that a connection is in. */
const openTransactions = new WeakMap<object, string | undefined>();

/** From now on every point that is passed is noted; the returned function ends that and tells them. */
export function recordPoints(): () => string[] {
  const list: string[] = [];
  passed = list;
  return () => {
    passed = undefined;
    return list;
  };
}

/** From now on this process ends at that point, or at none: one that was never come to does not hold for the next part. */
export function armKill(kill: Kill | undefined): void {
  wanted = kill;
  seen = 0;
}

type Query = (this: object, ...input: unknown[]) => unknown;

// oxlint-disable-next-line typescript/unbound-method -- called with the client as its `this`
const query = pg.Client.prototype.query satisfies unknown as Query;
pg.Client.prototype.query = function watched(this: object, ...input: unknown[]): unknown {
  const position = passed || wanted ? meet(this, textOf(input[0])) : undefined;
  if (position === undefined) return query.apply(this, input);
  if (position === 'before') die();
  const last = input.at(-1);
  if (position === 'after' && typeof last === 'function') return query.apply(this, [...input.slice(0, -1), die]);
  const answer = query.apply(this, input);
  // A statement goes to the socket at once where the connection is idle, and here it always is.
  if (position === 'unanswered') die();
  return (answer as Promise<unknown>).then(die, die);
} as unknown as typeof pg.Client.prototype.query;

/** Notes a statement; gives where to end when it is the wanted one. */
function meet(client: object, text: string): Position | undefined {
  const point = pointOf(client, text);
  if (point === undefined) return undefined;
  passed?.push(point);
  if (point !== wanted?.point) return undefined;
  seen += 1;
  return seen === wanted.occurrence ? wanted.position : undefined;
}

function pointOf(client: object, text: string): string | undefined {
  if (/^\s*(?:begin|start transaction)\b/i.test(text)) {
    openTransactions.set(client, undefined);
    return undefined;
  }
  if (/^\s*(?:commit|rollback(?! to))\b/i.test(text)) {
    const first = openTransactions.get(client);
    openTransactions.delete(client);
    return first !== undefined && /commit/i.test(text) ? `commit of ${first}` : undefined;
  }
  const writes = writesOf(text, writingFunctions);
  if (writes.length === 0) return undefined;
  const point = siteOf(writes, text)?.id ?? `queue: ${writes.join(', ')}`;
  if (openTransactions.has(client) && openTransactions.get(client) === undefined) openTransactions.set(client, point);
  return point;
}

/** The place in the sources that sent these writes: the innermost on the stack that has them. */
function siteOf(writes: readonly string[], text: string): WriteSite | undefined {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 100;
  const stack = new Error('where').stack ?? '';
  Error.stackTraceLimit = limit;
  for (const frame of stack.split('\n')) {
    const at = productFrame(frame);
    const same = at && sites.get(at.file)?.filter((site) => sameWrites(writes, site.writes));
    if (same && same.length > 0) return same.findLast(({ line }) => line <= at.line) ?? same[0];
  }
  // A pool that waits for a connection loses the stack; and the queue's library has writes of its own.
  const candidates = allSites.filter((site) => sameWrites(writes, site.writes));
  const [site, ...others] = candidates.length > 1 ? candidates.filter((one) => one.text === text) : candidates;
  if (site && others.length === 0) return site;
  if (writes.every((write) => write.includes('graphile_worker.'))) return undefined;
  throw new Error(`no source is known for the write ${writes.join(', ')}\n${stack}`);
}

function textOf(statement: unknown): string {
  if (typeof statement === 'string') return statement;
  return statement !== null && typeof statement === 'object' && 'text' in statement ? String(statement.text) : '';
}

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  // The signal is on its way; nothing more may happen here.
  for (;;);
}
