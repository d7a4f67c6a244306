export { enqueue, job, type EnqueueOptions, type Job, type JobContext } from './job.ts';
export { startJobRunner, type JobRunner } from './worker.ts';
