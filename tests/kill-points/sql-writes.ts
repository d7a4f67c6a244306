/** What an SQL text writes. Used on the texts in the sources and on the statements that a process sends. */

/** Functions of the queue's library that write. */
const queueFunctions = [
  'graphile_worker.add_job',
  'graphile_worker.reschedule_jobs',
  'graphile_worker.force_unlock_workers',
];

/** Stands for a table that is chosen when the statement is made. */
export const anyTable = '*';

const change = /\b(?<!\b(?:do|for|no key)\s+)(insert\s+into|update|delete\s+from)\s+(\*|(?:"?\w+"?\.)?"?\w+"?)/gi;

/** Such as `insert deals` or `call take_promotion_use`, in the order of the text; empty where it only reads. */
export function writesOf(text: string, writingFunctions: readonly string[]): string[] {
  const changes = [...text.matchAll(change)].map(
    ([, verb = '', table = '']) => `${verb.split(/\s/)[0]?.toLowerCase()} ${table.replaceAll('"', '')}`,
  );
  const calls = [...queueFunctions, ...writingFunctions].filter((name) =>
    new RegExp(String.raw`(?<![\w.])${name.replace('.', String.raw`"?\."?`)}\s*\(`).test(text.replaceAll('"', '')),
  );
  return [...changes, ...calls.map((name) => `call ${name}`)];
}

/** Whether a statement's writes are those of a source, in which a table may be left open. */
export function sameWrites(statement: readonly string[], source: readonly string[]): boolean {
  const matches = (write: string, index: number) =>
    source[index] === write || (source[index] ?? '').replace(anyTable, '') === `${write.split(' ')[0]} `;
  return statement.length === source.length && statement.every(matches);
}

/** The functions of the migrations that write and are called by name: all but the triggers'. */
export function writingFunctionsOf(migrations: string): string[] {
  const functions = migrations.matchAll(/create (?:or replace )?function (\w+)\b([\s\S]*?)\$\$([\s\S]*?)\$\$/g);
  return [...functions]
    .filter(([, , head = '', body = '']) => !/returns trigger/.test(head) && writesOf(body, []).length > 0)
    .map(([, name = '']) => name);
}
