/** Who deletes what when something has ended, in the order in which they run: what stands on others goes first. */
import { deleteAssets } from '../assets/index.ts';
import { deleteUsage } from '../metering/index.ts';
import { deleteScanning } from '../scanning/index.ts';
import { deleteEnvironment, deleteExports, type DeletionHook } from '../subscriptions/index.ts';

export const deletionHooks: readonly DeletionHook[] = [
  deleteExports,
  deleteScanning,
  deleteAssets,
  deleteUsage,
  deleteEnvironment,
];
