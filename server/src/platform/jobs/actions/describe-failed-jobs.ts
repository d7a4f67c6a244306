import { z } from 'zod';
import { operatorAction } from '../../action.ts';
import { listFailedJobs } from '../failed-jobs.ts';

/** `NextAttempt` is empty where a job has had its last: it then waits for `RerunFailedJob`. */
export const describeFailedJobs = operatorAction({
  api: 'wharfinger/2026-11-01',
  name: 'DescribeFailedJobs',
  summary: 'Background jobs whose last attempt failed; those that are not tried again first.',
  request: z.strictObject({
    Uin: z
      .string()
      .regex(/^[1-9]\d{11}$/, 'must be the 12-digit id of an account')
      .transform(BigInt)
      .optional(),
    Offset: z.int().min(0).default(0),
    Limit: z.int().min(1).max(1000).default(100),
  }),
  response: z.object({
    TotalCount: z.int(),
    List: z.array(
      z.object({
        JobId: z.string(),
        Name: z.string(),
        Uin: z.string(),
        Key: z.string(),
        Attempts: z.int(),
        MaxAttempts: z.int(),
        Error: z.string(),
        NextAttempt: z.string(),
      }),
    ),
  }),
  async handle({ inSystem, request: { Uin: tenant, Offset: offset, Limit: limit } }) {
    const { jobs, total } = await inSystem((tx) => listFailedJobs(tx, { tenant, offset, limit }));
    return {
      TotalCount: total,
      List: jobs.map((job) => ({
        JobId: String(job.id),
        Name: job.name,
        Uin: String(job.tenant),
        Key: job.key,
        Attempts: job.attempts,
        MaxAttempts: job.maxAttempts,
        Error: job.error,
        NextAttempt: job.nextAttempt?.toString({ smallestUnit: 'millisecond' }) ?? '',
      })),
    };
  },
});
