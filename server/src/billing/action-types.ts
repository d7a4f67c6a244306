/** What a bill was made for, in the contract's codes; `name` is the value that clients filter by. */
import type { BillAction } from './bill.ts';

export interface ActionType {
  readonly code: string;
  readonly name: string;
}

export const actionTypes = {
  purchase: { code: 'prepay_purchase', name: '包年包月新购' },
  renew: { code: 'prepay_renew', name: '包年包月续费' },
  upgrade: { code: 'prepay_modify_up', name: '包年包月配置变更' },
  downgrade: { code: 'prepay_modify_down', name: '包年包月配置变更' },
  refund: { code: 'prepay_return', name: '包年包月退款' },
  charge: { code: 'postpay_deduct_d', name: '按量计费日结' },
} as const satisfies Record<BillAction, ActionType>;

/** How something is paid, in the contract's words. */
export const payModeNames = { prePay: '包年包月', postPay: '按量计费' } as const;
