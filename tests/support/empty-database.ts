/** A database without anything in it and three roles of its own, as an operator makes them for a PostgreSQL of theirs. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import type { DatabaseUrls } from '../../server/src/platform/database/index.ts';

export type DatabaseRole = 'owner' | 'app' | 'system';

export interface EmptyDatabase {
  name: string;
  /** As a setting; `secret` may be a wrong one. */
  url(role: DatabaseRole, secret?: string): string;
  urls(changes?: Partial<Record<DatabaseRole, string>>): DatabaseUrls;
  /** A statement of the superuser, in this database. */
  query(statement: string): Promise<pg.QueryResult>;
  /** Its roles go with the cluster: they have granted things to each other. */
  remove(): Promise<void>;
}

const roles = ['owner', 'app', 'system'] as const;

/** Makes one in the cluster of this test run. */
export async function emptyDatabase(): Promise<EmptyDatabase> {
  const { host } = inject('cluster');
  const name = `spec_${randomBytes(6).toString('hex')}`;
  for (const role of roles) {
    await superuserQuery(`create role ${name}_${role} login ${role === 'owner' ? 'createrole' : ''} password 'pw'`);
  }
  await superuserQuery(`create database ${name} owner ${name}_owner`);
  // In this cluster another role made the group roles; an operator's owner makes them itself.
  await superuserQuery(`grant wharfinger_app, wharfinger_system to ${name}_owner with admin option`);
  const url = (role: DatabaseRole, secret = 'pw') =>
    `postgres://${name}_${role}:${secret}@/${name}?host=${encodeURIComponent(host)}`;
  return {
    name,
    url,
    urls: (changes = {}) => ({
      owner: { connectionString: changes.owner ?? url('owner') },
      app: { connectionString: changes.app ?? url('app') },
      system: { connectionString: changes.system ?? url('system') },
    }),
    query: (statement) => superuserQuery(statement, name),
    async remove() {
      await superuserQuery(`drop database if exists ${name} with (force)`);
    },
  };
}

/** The superuser's URL, for showing that it is refused. */
export function superuserUrl(): string {
  const { host, password } = inject('cluster');
  return `postgres://postgres:${password}@/postgres?host=${encodeURIComponent(host)}`;
}

async function superuserQuery(statement: string, database = 'postgres'): Promise<pg.QueryResult> {
  const { host, password } = inject('cluster');
  const client = new pg.Client({ host, user: 'postgres', password, database });
  await client.connect();
  try {
    return await client.query(statement);
  } finally {
    await client.end();
  }
}
