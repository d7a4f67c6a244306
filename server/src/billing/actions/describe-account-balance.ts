import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { wireBool, wireInt64, wireString, wireUint64 } from '../../platform/wire-types.ts';
import { available, readWallet } from '../wallet.ts';

/** Cents. The wire calls them floats; ours are whole. */
export const describeAccountBalance = action({
  api: 'billing/2018-07-09',
  name: 'DescribeAccountBalance',
  summary: 'What the account has and owes, in cents.',
  request: z.strictObject({ TempCredit: z.boolean().optional() }),
  response: z.object({
    Balance: wireInt64,
    Uin: wireUint64,
    RealBalance: wireInt64,
    CashAccountBalance: wireInt64,
    IncomeIntoAccountBalance: wireInt64,
    PresentAccountBalance: wireInt64,
    FreezeAmount: wireInt64,
    OweAmount: wireInt64,
    IsAllowArrears: wireBool,
    IsCreditLimited: wireBool,
    CreditAmount: wireInt64,
    CreditBalance: wireInt64,
    RealCreditBalance: wireInt64,
    TempCredit: wireInt64,
    TempAmountInfoList: z.array(
      z.object({ Uin: wireString, TempAmount: wireInt64, StartTime: wireString, EndTime: wireString }),
    ),
  }),
  needs: { role: 'finance:read' },
  async handle({ tx, tenant }) {
    const wallet = await readWallet(tx, tenant);
    const real = available(wallet);
    return {
      Balance: real,
      Uin: tenant,
      RealBalance: real,
      CashAccountBalance: wallet.cash,
      IncomeIntoAccountBalance: 0,
      PresentAccountBalance: wallet.credit,
      FreezeAmount: 0,
      OweAmount: wallet.owed,
      // Daily charges may become a debt; there is no line of credit for anything else.
      IsAllowArrears: true,
      IsCreditLimited: true,
      CreditAmount: 0,
      CreditBalance: real,
      RealCreditBalance: real,
      TempCredit: 0,
      TempAmountInfoList: [],
    };
  },
});
