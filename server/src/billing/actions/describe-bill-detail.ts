import { z } from 'zod';
import { productCode } from '../../catalog/index.ts';
import { action } from '../../platform/action.ts';
import { ActionError } from '../../platform/errors.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { int64Field, stringField, toWireTime, uint64Field, wireString, wireUint64 } from '../../platform/wire-types.ts';
import { actionTypes } from '../action-types.ts';
import { listBills } from '../bill-store.ts';
import { monthField, timeField } from './billing-fields.ts';
import { toWireBill, wireBill } from './wire-bill.ts';

const request = z.strictObject({
  Offset: uint64Field,
  Limit: uint64Field.min(1).max(300),
  PeriodType: stringField.max(32).optional(),
  Month: monthField.optional(),
  BeginTime: timeField.optional(),
  EndTime: timeField.optional(),
  NeedRecordNum: int64Field.min(0).max(1).default(0),
  ProductCode: stringField.max(128).optional(),
  PayMode: z.enum(['prePay', 'postPay']).optional(),
  ResourceId: stringField.max(128).optional(),
  ActionType: stringField.max(128).optional(),
  ProjectId: int64Field.optional(),
  BusinessCode: stringField.max(128).optional(),
  Context: stringField.max(1024).optional(),
  PayerUin: stringField.max(32).optional(),
});

type Request = z.output<typeof request>;

/** One record a bill, with the lines of its price as components. */
export const describeBillDetail = action({
  api: 'billing/2018-07-09',
  name: 'DescribeBillDetail',
  summary: 'The bills of a month, newest first, each line opened to price, quantity, term and who paid.',
  request,
  response: z.object({ DetailSet: z.array(wireBill), Total: wireUint64, Context: wireString }),
  needs: { role: 'finance:read' },
  async handle({ tx, tenant, request: asked }) {
    const filters = {
      month: monthOf(asked),
      payMode: asked.PayMode,
      actionType: codeOf(asked.ActionType),
      instanceId: asked.ResourceId || undefined,
    };
    const page = { offset: asked.Offset, limit: asked.Limit };
    const { bills, total } = asksForOthers(asked, tenant)
      ? { bills: [], total: 0 }
      : await listBills(tx, tenant, filters, page);
    return { DetailSet: bills.map(toWireBill), Total: asked.NeedRecordNum === 1 ? total : 0, Context: '' };
  },
});

/** A begin and an end stand for the whole month that both lie in. Source: contract. */
function monthOf({ Month, BeginTime, EndTime }: Request): string {
  if (BeginTime === undefined && EndTime === undefined) {
    if (Month !== undefined) return Month;
    throw new ActionError('InvalidParameter', 'give either Month, or BeginTime and EndTime');
  }
  if (!BeginTime || !EndTime) throw new ActionError('InvalidParameter', 'give both BeginTime and EndTime');
  const [begin, end] = [BeginTime, EndTime].map((at) => toWireTime(at, marketTimeZone).slice(0, 7));
  if (begin !== undefined && begin === end) return begin;
  throw new ActionError('InvalidParameterValue', 'BeginTime and EndTime must lie in one month');
}

/** Clients name a type by its name; our code does as well. One that is not known matches nothing. */
function codeOf(name: string | undefined): string | undefined {
  if (!name) return undefined;
  return Object.values(actionTypes).find((type) => type.name === name || type.code === name)?.code ?? name;
}

function asksForOthers({ PayerUin, ProjectId = 0, BusinessCode }: Request, tenant: bigint): boolean {
  return Boolean(
    (PayerUin && PayerUin !== String(tenant)) || ProjectId !== 0 || (BusinessCode && BusinessCode !== productCode),
  );
}
