/** Figures for Prometheus. They name actions, jobs and codes, never an account. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ServiceFigures } from './service-figures.ts';

export interface Metrics {
  /** Counts an answered request; `action` is empty where none was found. */
  answered(action: string, code: string, tookMs: number): void;
  /** The exposition text and its content type. */
  expose(): Promise<{ text: string; contentType: string }>;
}

/** `read` gives what stands in the database when the figures are asked for; undefined where that cannot be read. */
export function createMetrics(read: () => Promise<ServiceFigures | undefined>): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'wharfinger_' });
  const requests = new Counter({
    name: 'wharfinger_requests_total',
    help: 'Answered API requests by action and result code (OK or the error code).',
    labelNames: ['action', 'code'],
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'wharfinger_request_duration_seconds',
    help: 'Time from a request to its answer.',
    labelNames: ['action'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  const parked = new Gauge({
    name: 'wharfinger_parked_accounts',
    help: 'Accounts to which nothing is charged, by who parked them: the operator, or a guard rail.',
    labelNames: ['by'],
    registers: [registry],
  });
  const failedJobs = new Gauge({
    name: 'wharfinger_failed_jobs',
    help: 'Background jobs whose last attempt failed, by job.',
    labelNames: ['job'],
    registers: [registry],
  });
  return {
    answered(action, code, tookMs) {
      requests.inc({ action, code });
      duration.observe({ action }, tookMs / 1000);
    },
    async expose() {
      const figures = await read();
      // What is not known is absent: an old number would look like a true one.
      parked.reset();
      failedJobs.reset();
      for (const [by, accounts] of Object.entries(figures?.parkedAccounts ?? {})) parked.set({ by }, accounts);
      for (const { name, failed } of figures?.failedJobs ?? []) failedJobs.set({ job: name }, failed);
      return { text: await registry.metrics(), contentType: registry.contentType };
    },
  };
}
