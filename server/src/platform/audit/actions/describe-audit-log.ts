import { z } from 'zod';
import { operatorAction } from '../../action.ts';
import { stringField } from '../../wire-types.ts';
import { listAuditLog } from '../audit-log.ts';
import { auditNumberField } from './audit-fields.ts';

/** `Request` is JSON: what was asked, without secrets. `Code` is `OK`, `Begun`, or that of the error. */
export const describeAuditLog = operatorAction({
  api: 'wharfinger/2026-11-01',
  name: 'DescribeAuditLog',
  summary: 'What operators have called, the newest first, with the hashes of the chain.',
  request: z.strictObject({
    /** Rows before this one: to go on from the last that was read. */
    Before: auditNumberField.optional(),
    Action: stringField.max(128).optional(),
    /** The id of an operator's key, or `socket`. */
    Operator: stringField.max(128).optional(),
    Limit: z.int().min(1).max(1000).default(100),
  }),
  response: z.object({
    List: z.array(
      z.object({
        Number: z.string(),
        Time: z.string(),
        MachineTime: z.string(),
        Operator: z.string(),
        Action: z.string(),
        RequestId: z.string(),
        Request: z.string(),
        Code: z.string(),
        PreviousHash: z.string(),
        Hash: z.string(),
      }),
    ),
  }),
  async handle({ inSystem, request }) {
    const { Before: before, Action: action, Operator: operator, Limit: limit } = request;
    const entries = await inSystem((tx) => listAuditLog(tx, { before, action, operator, limit }));
    return {
      List: entries.map((entry) => ({
        Number: String(entry.number),
        Time: entry.at.toString(),
        MachineTime: entry.machineTime.toString(),
        Operator: entry.operator,
        Action: entry.action,
        RequestId: entry.requestId,
        Request: entry.request,
        Code: entry.code,
        PreviousHash: entry.previousHash,
        Hash: entry.hash,
      })),
    };
  },
});
