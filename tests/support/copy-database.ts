/** Databases as copies of others, of which only one can be made at a time. */
import type pg from 'pg';

/** Makes a database as a copy; while another copy is made it waits. Nobody may be connected to the original. */
export async function copyDatabase(superuser: pg.Client, name: string, original: string): Promise<void> {
  await superuser.query('select pg_advisory_lock(1)');
  try {
    await superuser.query(`create database ${name} template ${original} owner wharfinger_owner`);
  } finally {
    await superuser.query('select pg_advisory_unlock(1)');
  }
}
