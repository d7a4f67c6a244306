import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { stringField, wireBool } from '../../platform/wire-types.ts';
import { findRegistryByName } from '../registry-store.ts';

export const checkRepeatAssetImageRegistry = action({
  api: 'tcss/2020-11-01',
  name: 'CheckRepeatAssetImageRegistry',
  summary: 'Says whether a registry of this name is connected already.',
  request: z.strictObject({ Name: stringField.max(128) }),
  response: z.object({ IsRepeat: wireBool }),
  needs: { edition: true, role: 'resource:read' },
  async handle({ request, tx, tenant }) {
    return { IsRepeat: (await findRegistryByName(tx, tenant, request.Name)) !== undefined };
  },
});
