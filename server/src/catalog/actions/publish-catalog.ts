import { z } from 'zod';
import { operatorAction } from '../../platform/action.ts';
import { catalogSchema } from '../catalog.ts';
import { publishCatalog } from '../publish-catalog.ts';
import { instantField, lineField } from '../text-fields.ts';

export const publishCatalogAction = operatorAction({
  api: 'wharfinger/2026-11-01',
  name: 'PublishCatalog',
  summary: 'Publishes a catalogue for purchases from a time on, and tells what it changes; a dry run only tells.',
  request: z.strictObject({
    Catalog: catalogSchema,
    /** Absent: from now on. */
    EffectiveTime: instantField.optional(),
    /** The version that it was made from; refused when another one is in force at that time. */
    BaseVersion: z.int().min(0).optional(),
    Note: lineField.max(500).default(''),
    DryRun: z.boolean().default(false),
  }),
  response: z.object({
    /** 0 for a dry run. */
    Version: z.int(),
    Replaces: z.int(),
    EffectiveTime: z.string(),
    Changes: z.array(
      z.object({
        Path: z.string(),
        /** JSON; empty where the field is not there. */
        Before: z.string(),
        After: z.string(),
      }),
    ),
  }),
  async handle({ inSystem, request, now }) {
    const effectiveFrom = request.EffectiveTime ?? now;
    const publication = {
      document: request.Catalog,
      effectiveFrom,
      note: request.Note,
      baseVersion: request.BaseVersion === undefined ? undefined : BigInt(request.BaseVersion),
      dryRun: request.DryRun,
    };
    const { version, replaces, changes } = await inSystem((tx) => publishCatalog(tx, publication, now));
    return {
      Version: Number(version ?? 0n),
      Replaces: Number(replaces),
      EffectiveTime: effectiveFrom.toString(),
      Changes: changes.map(({ path, before = '', after = '' }) => ({ Path: path, Before: before, After: after })),
    };
  },
});
