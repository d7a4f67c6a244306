import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { uint64Field } from '../../platform/wire-types.ts';
import { choosePlaces, namedChoice } from '../catalogue.ts';
import { imageIdsField, imageInfosField } from '../image-info.ts';
import { stopTasks } from '../stop-tasks.ts';

export const modifyAssetImageRegistryScanStopOneKey = action({
  api: 'tcss/2020-11-01',
  name: 'ModifyAssetImageRegistryScanStopOneKey',
  summary: 'Stops the one-click scan, or some of its images; what they had reserved of the quota is free again.',
  request: z.strictObject({
    All: z.boolean().optional(),
    Images: imageInfosField,
    Id: imageIdsField,
    TaskID: uint64Field.optional(),
  }),
  response: z.object({}),
  needs: { edition: true, role: 'resource:write' },
  async handle({ tx, tenant, now, request }) {
    const named = request.All === true ? undefined : namedChoice(request);
    await stopTasks(tx, tenant, now, {
      task: request.TaskID,
      kind: 'one-click',
      places: named && (await choosePlaces(tx, tenant, { named })),
    });
    return {};
  },
});
