/** SQL of the places (repository and tag) by which the images of a task were chosen. */
import { sql } from 'kysely';
import type { AppTransaction } from '../platform/database/index.ts';
import type { ScanState } from './scan-state.ts';
import type { ScanningTables } from './scanning-tables.ts';
import type { TaskImageKey } from './task-store.ts';

/** The places by which an image was chosen, in the order in which they are tried. */
export async function placesOfImage(tx: AppTransaction, tenant: bigint, key: TaskImageKey): Promise<bigint[]> {
  const rows = await tx
    .withTables<ScanningTables>()
    .selectFrom('scan_task_places')
    .select('registry_image_id')
    .where((where) => where.and({ tenant_id: tenant, task_id: key.task, image_id: key.imageId }))
    .orderBy('registry_image_id')
    .execute();
  return rows.map((row) => row.registry_image_id);
}

/** The images of a task that were chosen by any of these places. */
export async function imagesOfPlaces(
  tx: AppTransaction,
  tenant: bigint,
  task: bigint,
  places: readonly bigint[],
): Promise<string[]> {
  const { rows } = await sql<{ image_id: string }>`
    select distinct image_id from scan_task_places
    where tenant_id = ${tenant} and task_id = ${task} and registry_image_id = any(${places.map(String)}::bigint[])`.execute(
    tx,
  );
  return rows.map((row) => row.image_id);
}

/** A place of a task, how far its image has come, and whether something was found in it. */
export interface TaskPlace {
  registryImage: bigint;
  imageId: string;
  state: ScanState;
  progress: number;
  risky: boolean;
}

/** The places of a task (of these, where some are named), in the order of their ids. */
export async function placesOfTask(
  tx: AppTransaction,
  tenant: bigint,
  task: bigint,
  places: readonly bigint[] | undefined,
): Promise<TaskPlace[]> {
  const { rows } = await sql<{ id: bigint; image_id: string; state: ScanState; progress: number; risky: boolean }>`
    select p.registry_image_id as id, i.image_id, i.state, i.progress,
      coalesce(r.critical + r.high + r.medium + r.low + r.secrets + r.malware > 0, false) as risky
    from scan_task_places p
    join scan_task_images i on i.tenant_id = p.tenant_id and i.task_id = p.task_id and i.image_id = p.image_id
    left join image_results r on r.tenant_id = i.tenant_id and r.image_id = i.image_id
    where p.tenant_id = ${tenant} and p.task_id = ${task}
      and (${places === undefined} or p.registry_image_id = any(${(places ?? []).map(String)}::bigint[]))
    order by p.registry_image_id`.execute(tx);
  return rows.map(({ id, image_id, ...rest }) => ({ registryImage: id, imageId: image_id, ...rest }));
}
