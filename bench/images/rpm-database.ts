import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { run } from './layer.ts';

/**
 * The rows of rpm's SQLite database as the hash of Berkeley DB that releases of rpm before it kept: written by Berkeley
 * DB's own `db5.3_load`. Rpm can still read it, but not write it.
 */
export async function toBerkeleyDb(folder: string): Promise<void> {
  const database = new DatabaseSync(join(folder, 'rpmdb.sqlite'), { readOnly: true });
  const lines: string[] = [];
  try {
    for (const { hnum, blob } of database.prepare('SELECT hnum, blob FROM Packages').iterate()) {
      const key = Buffer.alloc(4);
      key.writeUInt32LE(Number(hnum));
      if (blob instanceof Uint8Array) lines.push(` ${key.toString('hex')}`, ` ${Buffer.from(blob).toString('hex')}`);
    }
  } finally {
    database.close();
  }
  const dump = join(folder, 'dump');
  const head = ['VERSION=3', 'format=bytevalue', 'type=hash', 'db_pagesize=4096', 'HEADER=END'];
  await writeFile(dump, [...head, ...lines, 'DATA=END', ''].join('\n'));
  await run('db5.3_load', ['-f', dump, join(folder, 'Packages')]);
  for (const file of await readdir(folder)) if (file !== 'Packages') await rm(join(folder, file));
}
