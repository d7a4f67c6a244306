/** How work in the background is declared and asked for. */
import { sql } from 'kysely';
import type { z } from 'zod';
import type { AppTransaction } from '../database/index.ts';
import type { Platform } from '../platform.ts';

export interface JobContext {
  readonly platform: Platform;
  readonly tenant: bigint;
  /** Aborts when the service stops: a job may end early by throwing; it is run again. */
  readonly signal: AbortSignal;
}

/** Which processes run a job: those of the role `jobs`, or those that read images. */
export const jobRoles = ['jobs', 'scan'] as const;
export type JobRole = (typeof jobRoles)[number];

export interface Job<Data = unknown> {
  /** `<domain>.<what it does>`; stands in the queue, so it is not renamed lightly. */
  readonly name: string;
  readonly data: z.ZodType<Data>;
  /** After so many failures the job stays in the queue as failed, for the operator to see. */
  readonly maxAttempts: number;
  /** `jobs` unless it says otherwise. */
  readonly role?: JobRole;
  /** Idempotent: a job whose process was killed runs again. */
  run(context: JobContext, data: Data): Promise<void>;
}

/** Declares a job. */
export function job<Data>(declaration: Job<Data>): Job<Data> {
  return declaration;
}

export interface EnqueueOptions {
  /** What it does once: another job of the same key that has not begun is replaced. */
  key: string;
  /** Jobs of one queue run one after the other. */
  queue?: string;
  /** Lower runs first. */
  priority?: number;
}

/** Adds a job of this transaction's tenant to the queue; it starts after the transaction is committed. */
export async function enqueue<Data>(
  tx: AppTransaction,
  job: Job<Data>,
  data: Data,
  { key, queue, priority = 0 }: EnqueueOptions,
): Promise<void> {
  const payload = JSON.stringify(job.data.parse(data));
  await sql`select enqueue_job(${job.name}, ${`${job.name}/${key}`}, ${payload}::jsonb, ${queue ?? null}, ${job.maxAttempts}, ${priority})`.execute(
    tx,
  );
}

/** Adds many jobs of one kind in one statement. */
export async function enqueueAll<Data>(
  tx: AppTransaction,
  job: Job<Data>,
  entries: readonly (EnqueueOptions & { data: Data })[],
): Promise<void> {
  const rows = entries.map(({ data, key, queue, priority = 0 }) => ({
    key: `${job.name}/${key}`,
    payload: job.data.parse(data),
    queue: queue ?? null,
    priority,
  }));
  await sql`
    select enqueue_job(${job.name}, key, payload, queue, ${job.maxAttempts}, priority)
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as of(key text, payload jsonb, queue text, priority integer)`.execute(
    tx,
  );
}
