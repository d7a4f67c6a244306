import { z } from 'zod';
import { operatorAction } from '../../action.ts';
import { ActionError } from '../../errors.ts';
import { verifyAuditLog as verify } from '../audit-log.ts';
import { auditNumberField } from './audit-fields.ts';

/** Whoever can write in the database can make the whole chain anew; only a head that was kept elsewhere shows that. */
export const verifyAuditLog = operatorAction({
  api: 'wharfinger/2026-11-01',
  name: 'VerifyAuditLog',
  summary: 'Computes the chain of the audit log again, and holds it against a head that was noted earlier.',
  request: z.strictObject({
    /** The head that was noted. */
    Number: auditNumberField.optional(),
    Hash: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex')
      .optional(),
  }),
  response: z.object({
    Intact: z.boolean(),
    Entries: z.string(),
    /** The last row that was read: note it outside. `0` and zeros for an empty log. */
    HeadNumber: z.string(),
    HeadHash: z.string(),
    /** The first hundred. */
    Problems: z.array(z.object({ Number: z.string(), Problem: z.string() })),
  }),
  async handle({ inSystem, request }) {
    const { Number: number, Hash: hash } = request;
    if ((number === undefined) !== (hash === undefined)) {
      throw new ActionError('InvalidParameter', 'a noted head is Number and Hash together');
    }
    const kept = number === undefined || hash === undefined ? undefined : { number, hash };
    const { head, entries, problems } = await inSystem((tx) => verify(tx, kept));
    return {
      Intact: problems.length === 0,
      Entries: String(entries),
      HeadNumber: String(head.number),
      HeadHash: head.hash,
      Problems: problems.map((each) => ({ Number: String(each.number), Problem: each.problem })),
    };
  },
});
