/** What this domain gives when everything is exported. */
import { tablePart, type ExportPart } from '../platform/export/index.ts';

export const accountsExport: readonly ExportPart[] = [
  tablePart('accounts', 'account', {
    table: 'accounts',
    columns: ['email', 'verification', 'verification_reason', 'created_at'],
    orderBy: ['tenant_id'],
  }),
  tablePart('accounts', 'access-keys', {
    table: 'access_keys',
    columns: ['secret_id', 'enabled', 'created_at'],
    omitted: { secret: 'a secret' },
    orderBy: ['created_at', 'secret_id'],
  }),
];
