/** Writes of the commercial domains that no story here passes, each with its reason. Keyed by the beginning of a site's id. */
export const elsewhere: Readonly<Record<string, string>> = {
  'billing/close/':
    'seals a month that is over in a transaction of its own, and takes up a seal that is there; close-month.spec.ts',
  'billing/payment-provider/':
    'around topUp, which the stories pass; killed with its service in tests/paying-in.spec.ts',
  'platform/jobs/failed-jobs.ts': 'by the hand of the operator; failed-jobs.spec.ts',
  'subscriptions/ends/export/': 'archives for reading: no books',
  'platform/database/migrate.ts': 'before there is anything to lose; migrate.spec.ts',
  'platform/secrets/': 'keys of secrets: no books',
  'platform/counters/': 'totals of images and cores, written by those who observe them: charges only read them',
  'platform/jobs/job.ts':
    'jobs that are no deadlines: scanning, deletion, exports, telling of a park; deadlines are timers, which the stories pass',
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
