import { defineConfig } from 'vitest/config';

const shared = { pool: 'threads', isolate: false, testTimeout: 60_000, hookTimeout: 120_000 } as const;

export default defineConfig({
  test: {
    ...shared,
    reporters: ['default', './scripts/skip-reporter.ts'],
    projects: [
      {
        test: {
          ...shared,
          name: 'scanner',
          include: ['scanner/{src,fuzz,packaging,quality}/**/*.spec.ts', 'scripts/**/*.spec.ts'],
        },
      },
      {
        test: {
          ...shared,
          name: 'server',
          include: ['server/src/**/*.spec.ts', 'tests/**/*.spec.ts'],
          globalSetup: './tests/support/test-cluster.ts',
        },
      },
    ],
  },
});
