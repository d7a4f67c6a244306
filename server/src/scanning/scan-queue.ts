/** Where the jobs of scans stand in the queue. */
import type { TaskImageKey } from './task-store.ts';
import { digestOf } from './storable.ts';

/** So many scans of one tenant may run at once over all processes: jobs of one queue run one after the other. */
const queuesOfTenant = 32;
/** The queue's priorities are small integers. */
const lowestPriority = 32_000;

/** The same image is never scanned twice at once: the second scan then finds the first one's layers and result. */
export function scanJobOptions(tenant: bigint, key: TaskImageKey): { key: string; queue: string } {
  const queue = Buffer.from(digestOf(key.imageId), 'base64url').readUInt8(0) % queuesOfTenant;
  return { key: `${key.task}/${key.imageId}`, queue: `scan/${tenant}/${queue}` };
}

/** The more a tenant has waiting, the later its next image: tenants with little to scan are not held up by others. */
export function scanPriority(imagesAhead: number): number {
  return Math.min(imagesAhead, lowestPriority);
}
