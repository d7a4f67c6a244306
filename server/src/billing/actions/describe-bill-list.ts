import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { ActionError } from '../../platform/errors.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { stringField, toWireTime, uint64Field, wireInt64, wireString } from '../../platform/wire-types.ts';
import { billIdOf } from '../bill.ts';
import { listMovements, type TransactionKind, type WalletMovement } from '../ledger.ts';
import { timeField } from './billing-fields.ts';

/** How a movement is called on the wire. Vouchers granted and debts settled move nothing of the balance. */
const flows: Readonly<
  Partial<Record<TransactionKind, { type: string; subType: string; deductMode: string; info: string }>>
> = {
  'top-up': { type: 'recharge', subType: 'offline', deductMode: '', info: 'Top-up' },
  payment: { type: 'deduct', subType: 'trade', deductMode: 'trade', info: 'Payment of an order' },
  charge: { type: 'deduct', subType: 'hour_d', deductMode: 'hourd', info: 'Daily charge' },
  refund: { type: 'return', subType: 'trade', deductMode: 'trade', info: 'Refund' },
};

/** The vendor's limit of one list. */
const longestRange = { hours: 24 * 186 } as const;

const wireMovement = z.object({
  ActionType: wireString,
  Amount: wireInt64,
  Balance: wireInt64,
  BillId: wireString,
  OperationInfo: wireString,
  OperationTime: wireString,
  Cash: wireInt64,
  Incentive: wireInt64,
  Freezing: wireInt64,
  PayChannel: wireString,
  DeductMode: wireString,
});

/** Cents throughout: above zero came in, below zero went out. The sums are of all that matches, without sign. */
export const describeBillList = action({
  api: 'billing/2018-07-09',
  name: 'DescribeBillList',
  summary: 'The flow of the account: what came in and went out, in cents, newest first.',
  request: z.strictObject({
    StartTime: timeField,
    EndTime: timeField,
    Offset: uint64Field,
    Limit: uint64Field.max(1000),
    PayType: z.array(stringField.max(32)).max(20).default([]),
    SubPayType: z.array(stringField.max(32)).max(20).default([]),
    WithZeroAmount: uint64Field.max(1).default(0),
  }),
  response: z.object({
    TransactionList: z.array(wireMovement),
    Total: wireInt64,
    ReturnAmount: wireInt64,
    RechargeAmount: wireInt64,
    BlockAmount: wireInt64,
    UnblockAmount: wireInt64,
    DeductAmount: wireInt64,
    AgentInAmount: wireInt64,
    AdvanceRechargeAmount: wireInt64,
    WithdrawAmount: wireInt64,
    AgentOutAmount: wireInt64,
    AdvancePayAmount: wireInt64,
  }),
  needs: { role: 'finance:read' },
  async handle({ tx, tenant, request }) {
    const { StartTime: from, EndTime: until, PayType, SubPayType, Offset, Limit } = request;
    if (Temporal.Instant.compare(from.add(longestRange), until) < 0) {
      throw new ActionError('InvalidParameter', 'StartTime and EndTime may lie six months apart at most');
    }
    const matching = (await listMovements(tx, tenant, { from, until })).filter(
      ({ kind, cents }) =>
        (cents !== 0n || request.WithZeroAmount === 1) &&
        wants(PayType, flows[kind]?.type) &&
        wants(SubPayType, flows[kind]?.subType),
    );
    const sum = (type: string) => {
      const cents = matching.filter(({ kind }) => flows[kind]?.type === type).reduce((all, row) => all + row.cents, 0n);
      return cents < 0n ? -cents : cents;
    };
    return {
      TransactionList: matching.slice(Offset, Offset + Limit).map(toWire),
      Total: matching.length,
      ReturnAmount: sum('return'),
      RechargeAmount: sum('recharge'),
      BlockAmount: 0,
      UnblockAmount: 0,
      DeductAmount: sum('deduct'),
      AgentInAmount: 0,
      AdvanceRechargeAmount: 0,
      WithdrawAmount: 0,
      AgentOutAmount: 0,
      AdvancePayAmount: 0,
    };
  },
});

function wants(list: readonly string[], value: string | undefined): boolean {
  return value !== undefined && (list.length === 0 || list.includes('all') || list.includes(value));
}

function toWire(movement: WalletMovement): z.input<typeof wireMovement> {
  const flow = flows[movement.kind];
  return {
    ActionType: flow?.type ?? '',
    Amount: movement.cents,
    Balance: movement.cashAfter + movement.creditAfter - movement.owedAfter,
    BillId: billed.includes(movement.kind) ? billIdOf(movement.reference) : flowId(movement),
    OperationInfo: flow?.info ?? '',
    OperationTime: `${toWireTime(movement.bookedAt, marketTimeZone)}.000`,
    Cash: movement.cashAfter,
    Incentive: movement.creditAfter,
    Freezing: 0,
    PayChannel: '',
    DeductMode: flow?.deductMode ?? '',
  };
}

/** What has a bill, or a credit note. */
const billed: readonly TransactionKind[] = ['payment', 'charge', 'refund'];

/** What has no bill is named by its day and its number in the ledger. */
function flowId({ bookedAt, id }: WalletMovement): string {
  const day = bookedAt.toZonedDateTimeISO(marketTimeZone).toPlainDate().toString().replaceAll('-', '');
  return `${day}${String(id).padStart(12, '0')}`;
}
