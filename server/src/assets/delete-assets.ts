/** What goes with an edition: the registries with their secrets, and the catalogue. Source: product rules, 2 and 6. */
import { sql } from 'kysely';
import { dropCounters } from '../platform/counters/index.ts';
import { deleteSome } from '../platform/database/delete-some.ts';
import type { DeletionHook } from '../subscriptions/index.ts';

export const deleteAssets: DeletionHook = {
  domain: 'assets',
  of: ['professional', 'trial'],
  async deletePiece({ tx, tenant, limit }) {
    // A sync holds its registry whenever it writes: from here on none of them adds anything.
    await sql`select from registries where tenant_id = ${tenant} order by id for update`.execute(tx);
    const images = await deleteSome(tx, 'registry_images', tenant, limit);
    if (images >= limit) return { 'registry-images': images, registries: 0 };
    const registries = await deleteSome(tx, 'registries', tenant, limit);
    await dropCounters(tx, tenant, 'assets');
    return { 'registry-images': images, registries };
  },
};
