/** What goes of this domain: the history of cores that refunds ask for, and archives, which hold what is being deleted. */
import { deleteSome } from '../../../platform/database/delete-some.ts';
import { dropExports } from '../export/drop-exports.ts';
import type { DeletionHook } from './deletion-hook.ts';

export const deleteEnvironment: DeletionHook = {
  domain: 'subscriptions',
  of: ['professional', 'trial'],
  deletePiece: async ({ tx, tenant, limit }) => ({
    'environment-cores': await deleteSome(tx, 'environment_cores', tenant, limit),
  }),
};

export const deleteExports: DeletionHook = {
  domain: 'subscriptions',
  of: ['trial', 'professional', 'image-scan', 'log-analysis'],
  deletePiece: async ({ tx, tenant }) => ({ exports: await dropExports(tx, tenant) }),
};
