import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { ActionError } from '../../platform/errors.ts';
import { filtersField } from '../../platform/wire-lists.ts';
import { uint64Field } from '../../platform/wire-types.ts';
import { namedChoice } from '../catalogue.ts';
import { imageIdsField, imageInfosField } from '../image-info.ts';
import { requestedPlaces } from '../requested-places.ts';
import { stopTasks } from '../stop-tasks.ts';

export const modifyAssetImageRegistryScanStop = action({
  api: 'tcss/2020-11-01',
  name: 'ModifyAssetImageRegistryScanStop',
  summary: 'Stops scans of registry images that were not started by one click: a task, all, or some of their images.',
  request: z.strictObject({
    All: z.boolean().optional(),
    Images: imageInfosField,
    Id: imageIdsField,
    Filters: filtersField,
    ExcludeImageList: imageIdsField,
    OnlyScanLatest: z.boolean().optional(),
    TaskID: uint64Field.optional(),
  }),
  response: z.object({}),
  needs: { edition: true, role: 'resource:write' },
  async handle({ tx, tenant, now, request }) {
    const filtered = (request.Filters?.length ?? 0) > 0;
    const narrowed = (request.ExcludeImageList?.length ?? 0) > 0 || request.OnlyScanLatest === true;
    const chosen = namedChoice(request) !== undefined || filtered;
    if (request.All !== true && !chosen && request.TaskID === undefined) {
      throw new ActionError('InvalidParameter', 'choose what to stop: TaskID, All, Id, Images or Filters');
    }
    await stopTasks(tx, tenant, now, {
      task: request.TaskID,
      kind: 'plain',
      places: (request.All !== true && chosen) || narrowed ? await requestedPlaces(tx, tenant, request) : undefined,
    });
    return {};
  },
});
