/** Writes of the commercial domains that no story here passes, each with its reason. Keyed by the beginning of a site's id. */
export const elsewhere: Readonly<Record<string, string>> = {
  'billing/close/': 'reads the books of a month that is over; close.spec.ts',
  'billing/payment-provider/': 'the way to a payment page: money comes in by topUp, which the stories pass',
  'platform/jobs/failed-jobs.ts': 'by the hand of the operator; failed-jobs.spec.ts',
  'subscriptions/ends/export/': 'archives for reading: no books',
  'platform/database/migrate.ts': 'before there is anything to lose; migrate.spec.ts',
  'platform/secrets/': 'keys of secrets: no books',
  'platform/counters/': 'totals of images: scanning',
  'platform/jobs/job.ts': 'jobs of scanning and of the operator; deadlines are timers, which the stories pass',
  'platform/jobs/process-membership.ts recoverJobs': 'only after a kill: what goes on after one passes it',
  'metering/store.ts insertReservation': 'scans, killed in tests/killing-the-service.spec.ts',
  'metering/store.ts settleReservation': 'scans, killed in tests/killing-the-service.spec.ts',
  'metering/store.ts returnReservations': 'scans, killed in tests/killing-the-service.spec.ts',
  'metering/store.ts changePeriods': 'scans, killed in tests/killing-the-service.spec.ts',
};

/** Whether a site stands in that list. */
export function isElsewhere(id: string): boolean {
  return Object.keys(elsewhere).some((beginning) => id.startsWith(beginning));
}
