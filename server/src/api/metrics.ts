/** Figures for Prometheus. They name actions and codes, never an account. */
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

export interface Metrics {
  /** Counts an answered request; `action` is empty where none was found. */
  answered(action: string, code: string, tookMs: number): void;
  /** The exposition text and its content type. */
  expose(): Promise<{ text: string; contentType: string }>;
}

export function createMetrics(): Metrics {
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
  return {
    answered(action, code, tookMs) {
      requests.inc({ action, code });
      duration.observe({ action }, tookMs / 1000);
    },
    expose: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
  };
}
