import { z } from 'zod';
import { operatorAction } from '../../action.ts';
import { rerunFailedJob } from '../failed-jobs.ts';

export const rerunFailedJobAction = operatorAction({
  api: 'wharfinger/2026-11-01',
  name: 'RerunFailedJob',
  summary: 'Lets a job that has failed be tried at once, with all its attempts before it.',
  request: z.strictObject({
    JobId: z
      .string()
      .regex(/^[1-9]\d{0,17}$/, 'must be the id of a job')
      .transform(BigInt),
  }),
  response: z.object({ JobId: z.string() }),
  async handle({ inSystem, request }) {
    await inSystem((tx) => rerunFailedJob(tx, request.JobId));
    return { JobId: String(request.JobId) };
  },
});
