import { z } from 'zod';
import { action } from '../../platform/action.ts';
import type { AppTransaction } from '../../platform/database/index.ts';
import { ActionError } from '../../platform/errors.ts';
import { uint64Field, wireString, wireUint64 } from '../../platform/wire-types.ts';
import { listRegistryImages } from '../../assets/index.ts';
import { choosePlaces, namedChoice } from '../catalogue.ts';
import { imageIdsField, imageInfosField } from '../image-info.ts';
import { wireImageNames } from '../image-names.ts';
import { wireScanStatus } from '../scan-state.ts';
import { placePercent, taskProgress } from '../task-progress.ts';
import { placesOfTask } from '../task-places.ts';
import { newestTask, readTask, type ScanTask } from '../task-store.ts';

export const describeAssetImageRegistryScanStatusOneKey = action({
  api: 'tcss/2020-11-01',
  name: 'DescribeAssetImageRegistryScanStatusOneKey',
  summary:
    'How far a scan has come: a task by its id, else the newest one-click scan. SCANNED when every image has ended.',
  request: z.strictObject({
    Images: imageInfosField,
    All: z.boolean().optional(),
    Id: imageIdsField,
    TaskID: uint64Field.optional(),
  }),
  response: z.object({
    ImageTotal: wireUint64,
    ImageScanCnt: wireUint64,
    ImageStatus: z.array(
      z.object({
        ImageId: wireString,
        RegistryType: wireString,
        ImageRepoAddress: wireString,
        InstanceId: wireString,
        InstanceName: wireString,
        Namespace: wireString,
        ImageName: wireString,
        ImageTag: wireString,
        ScanStatus: wireString,
        CveProgress: wireUint64,
        RiskProgress: wireUint64,
        VirusProgress: wireUint64,
      }),
    ),
    SuccessCount: wireUint64,
    RiskCount: wireUint64,
    Schedule: wireUint64,
    Status: wireString,
    ScanRemainTime: wireUint64,
  }),
  needs: { edition: true, role: 'resource:read' },
  async handle({ tx, tenant, now, request }) {
    const task = await findTask(tx, tenant, request.TaskID);
    const named = request.All === true ? undefined : namedChoice(request);
    const chosen = named && (await choosePlaces(tx, tenant, { named })).map(({ id }) => id);
    const places = task ? await placesOfTask(tx, tenant, task.id, chosen) : [];
    const elapsed = task ? now.since(task.createdAt).total('seconds') : 0;
    const progress = taskProgress(places, elapsed);
    const names = await namesOf(
      tx,
      tenant,
      places.map(({ registryImage }) => registryImage),
    );
    return {
      ImageTotal: progress.total,
      ImageScanCnt: progress.ended,
      ImageStatus: places.map((place) => {
        const percent = placePercent(place);
        const looksFor = (riskClass: ScanTask['riskClasses'][number]) =>
          task?.riskClasses.includes(riskClass) ? percent : 0;
        return {
          ...names(place.registryImage),
          ImageId: place.imageId,
          ScanStatus: wireScanStatus(place.state),
          CveProgress: looksFor('vulnerabilities'),
          RiskProgress: looksFor('secrets'),
          VirusProgress: looksFor('malware'),
        };
      }),
      SuccessCount: progress.safe,
      RiskCount: progress.risky,
      Schedule: progress.schedule,
      Status: progress.status,
      ScanRemainTime: progress.remainingSeconds,
    };
  },
});

async function findTask(tx: AppTransaction, tenant: bigint, id: number | undefined): Promise<ScanTask | undefined> {
  if (id === undefined) return newestTask(tx, tenant, 'one-click');
  const task = await readTask(tx, tenant, BigInt(id));
  if (!task) throw new ActionError('ResourceNotFound', `there is no scan task ${id}`);
  return task;
}

/** What a place that left the catalogue meanwhile was called is not known any more. */
const noNames: ReturnType<typeof wireImageNames> = {
  RegistryType: '',
  ImageRepoAddress: '',
  InstanceId: '',
  InstanceName: '',
  Namespace: '',
  ImageName: '',
  ImageTag: '',
};

async function namesOf(tx: AppTransaction, tenant: bigint, ids: readonly bigint[]) {
  const { images } = await listRegistryImages(tx, tenant, { ids });
  const names = new Map(images.map((image) => [image.id, wireImageNames(image)]));
  return (id: bigint) => names.get(id) ?? noNames;
}
