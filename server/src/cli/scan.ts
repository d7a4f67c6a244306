/** `wharfinger scan`: the scanner's own command under this name. Loads nothing else of the service. */
import { runScanCommand, scanUsage } from '@wharfinger/scanner/cli';
import type { Command } from './command.ts';

export const scan: Command = {
  usage: `usage: wharfinger ${scanUsage}`,
  run: (argv, io) => runScanCommand(argv, io, 'wharfinger scan'),
};
