import { z } from 'zod';
import { productCode, subProductCodes } from '../../catalog/index.ts';
import { action } from '../../platform/action.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { int64Field, stringField, toWireTime, wireInt64, wireString, wireTime } from '../../platform/wire-types.ts';
import { listVouchers, voucherState, type HeldVoucher } from '../vouchers.ts';
import { dayField } from './billing-fields.ts';

/** The wire counts vouchers in units of 0.00000001 yuan. */
const microPerCent = 1_000_000n;

const textField = stringField.max(128).optional();
const goods = z.object({ GoodsName: wireString, PayMode: wireString });
const wireVoucher = z.object({
  OwnerUin: wireString,
  Status: wireString,
  NominalValue: wireInt64,
  Balance: wireInt64,
  VoucherId: wireString,
  PayMode: wireString,
  PayScene: wireString,
  BeginTime: wireString,
  EndTime: wireString,
  ApplicableProducts: goods,
  ExcludedProducts: z.array(goods),
  PolicyRemark: wireString,
  CreateTime: wireTime,
});

const request = z.strictObject({
  Limit: int64Field.min(1).max(1000),
  Offset: int64Field.min(1).max(1_000_000),
  Status: z.enum(['unUsed', 'used', 'delivered', 'cancel', 'overdue']).optional(),
  VoucherId: textField,
  CodeId: textField,
  ProductCode: textField,
  ActivityId: textField,
  VoucherName: textField,
  TimeFrom: dayField.optional(),
  TimeTo: dayField.optional(),
  SortField: z.enum(['BeginTime', 'EndTime', 'CreateTime']).optional(),
  SortOrder: z.enum(['asc', 'desc']).default('desc'),
  PayMode: textField,
  PayScene: textField,
  Operator: textField,
  VoucherMainType: textField,
  VoucherSubType: textField,
  StartTimeFrom: dayField.optional(),
  StartTimeTo: dayField.optional(),
  EndTimeFrom: dayField.optional(),
  EndTimeTo: dayField.optional(),
  CreateTimeFrom: dayField.optional(),
  CreateTimeTo: dayField.optional(),
  Lang: textField,
});

type Request = z.output<typeof request>;

/** `Offset` is the number of a page, from 1. Our vouchers are grants, for every pay mode and scene. */
export const describeVoucherInfo = action({
  api: 'billing/2018-07-09',
  name: 'DescribeVoucherInfo',
  summary: 'Lists the vouchers of the account, with what is left on them.',
  request,
  response: z.object({
    TotalCount: wireInt64,
    TotalBalance: wireInt64,
    VoucherInfos: z.array(wireVoucher),
    Unit: wireString,
  }),
  needs: { role: 'finance:read' },
  async handle({ tx, tenant, now, request: asked }) {
    const all = asksForOthers(asked, tenant) ? [] : await listVouchers(tx, tenant);
    const matching = all.filter((voucher) => matches(voucher, asked, now));
    const page = sorted(matching, asked).slice((asked.Offset - 1) * asked.Limit, asked.Offset * asked.Limit);
    const usable = matching.filter((voucher) => voucherState(voucher, now) === 'unUsed');
    return {
      TotalCount: matching.length,
      TotalBalance: usable.reduce((sum, { leftCents }) => sum + leftCents, 0n) * microPerCent,
      VoucherInfos: page.map((voucher) => toWire(voucher, tenant, now)),
      Unit: 'micro',
    };
  },
});

/** Our vouchers have no activity, name or code; they are free ones that are deducted, and the tenant's own. */
function asksForOthers(asked: Request, tenant: bigint): boolean {
  const isOther = (value: string | undefined, ours: string) => value !== undefined && value !== '' && value !== ours;
  return (
    [asked.CodeId, asked.ActivityId, asked.VoucherName].some((text) => isOther(text, '')) ||
    isOther(asked.VoucherMainType, 'no_price') ||
    isOther(asked.VoucherSubType, 'deduct') ||
    isOther(asked.Operator, String(tenant)) ||
    isOther(asked.ProductCode, productCode)
  );
}

function matches(voucher: HeldVoucher, asked: Request, now: Temporal.Instant): boolean {
  return (
    (asked.Status === undefined || voucherState(voucher, now) === asked.Status) &&
    (!asked.VoucherId || voucher.id === asked.VoucherId) &&
    within(voucher.grantedAt, asked.TimeFrom, asked.TimeTo) &&
    within(voucher.grantedAt, asked.CreateTimeFrom, asked.CreateTimeTo) &&
    within(voucher.beginsAt, asked.StartTimeFrom, asked.StartTimeTo) &&
    within(voucher.endsAt, asked.EndTimeFrom, asked.EndTimeTo)
  );
}

/** From the first instant of a day to the last of another. */
function within(at: Temporal.Instant, from: Temporal.Instant | undefined, to: Temporal.Instant | undefined): boolean {
  const afterLast = to?.toZonedDateTimeISO(marketTimeZone).add({ days: 1 }).toInstant();
  return (
    (!from || Temporal.Instant.compare(at, from) >= 0) && (!afterLast || Temporal.Instant.compare(at, afterLast) < 0)
  );
}

function sorted(vouchers: readonly HeldVoucher[], { SortField, SortOrder }: Request): HeldVoucher[] {
  const keys = { BeginTime: 'beginsAt', EndTime: 'endsAt', CreateTime: 'grantedAt' } as const;
  const key = keys[SortField ?? 'CreateTime'];
  const sign = SortOrder === 'asc' ? 1 : -1;
  return vouchers.toSorted((a, b) => sign * Temporal.Instant.compare(a[key], b[key]));
}

function toWire(voucher: HeldVoucher, tenant: bigint, now: Temporal.Instant): z.input<typeof wireVoucher> {
  const day = (at: Temporal.Instant) => toWireTime(at, marketTimeZone).slice(0, 10);
  return {
    OwnerUin: String(tenant),
    Status: voucherState(voucher, now),
    NominalValue: voucher.nominalCents * microPerCent,
    Balance: voucher.leftCents * microPerCent,
    VoucherId: voucher.id,
    PayMode: '*',
    PayScene: '*',
    BeginTime: day(voucher.beginsAt),
    EndTime: day(voucher.endsAt),
    ApplicableProducts: {
      GoodsName:
        voucher.products.length === 0
          ? productCode
          : voucher.products.map((product) => subProductCodes[product]).join(','),
      PayMode: '*',
    },
    ExcludedProducts: [],
    PolicyRemark: '',
    CreateTime: toWireTime(voucher.grantedAt, marketTimeZone),
  };
}
