import '../with-temporal.ts';

export type { CommandIo } from './command-io.ts';
export { scanUsage } from './parse-arguments.ts';
export { runScanCommand } from './scan-command.ts';
