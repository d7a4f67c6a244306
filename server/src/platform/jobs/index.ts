export {
  enqueue,
  enqueueAll,
  job,
  jobRoles,
  type EnqueueOptions,
  type Job,
  type JobContext,
  type JobRole,
} from './job.ts';
export { countFailedJobs, listFailedJobs, rerunFailedJob, type FailedJob } from './failed-jobs.ts';
export { startJobRunner, type JobRunner } from './worker.ts';
