export { billingExport } from './export-parts.ts';
export {
  dealActions,
  dealStatus,
  nextStatus,
  type Deal,
  type DealAction,
  type DealEvent,
  type DealRequest,
  type DealStatus,
  type Json,
  type NewDeal,
} from './deal.ts';
export { balanceLow, credited, dealCancelled, dealExpired, dealPaid } from './events.ts';
export { expireDeal } from './jobs/expire-deal.ts';
export { readDeal } from './move-deal.ts';
export { payDeal, payNewDeal, setDealService } from './pay-deal.ts';
export { findPlacedDeal, keepOrder, placeOrder } from './place-order.ts';
export type { LinePayment, UsageSample } from './bill.ts';
export { grantRefund, placeRefund, readLinePayments, rejectRefund } from './refund.ts';
export {
  chargeUsageOf,
  draftUsageBills,
  type ChargedUsage,
  type DraftedBill,
  type PricedUsage,
} from './charge-usage.ts';
export { explainAccountBill } from './explain/actions/explain-account-bill.ts';
export { explainBillAction } from './explain/actions/explain-bill.ts';
export { writeBill } from './bill.ts';
export { explainBill } from './explain/explain-bill.ts';
export { toWireExplanation, wireExplanation } from './explain/wire-explanation.ts';
export { lockWallet, lockWallets, readWallet } from './wallet.ts';
export { topUp } from './credit.ts';
export { billingParked, billingUnparked } from './parking/events.ts';
export {
  BoundReached,
  guardAutomaticOrder,
  guardCharges,
  judgeCharges,
  type GuardedCharge,
  type Verdict,
} from './parking/guard-charges.ts';
export { parkBilling, unparkBilling } from './parking/park-billing.ts';
export { countParks, readParkings } from './parking/park-store.ts';
export { tellOfPark, tellOfParks } from './parking/tell-of-park.ts';
export { describeParkedAccounts } from './parking/actions/describe-parked-accounts.ts';
export { parkBillingAction } from './parking/actions/park-billing.ts';
export { unparkBillingAction } from './parking/actions/unpark-billing.ts';
export { cancelOrder } from './actions/cancel-order.ts';
export { describeAccountWarning, modifyAccountWarning } from './actions/account-warning.ts';
export { describeAccountBalance } from './actions/describe-account-balance.ts';
export { describeBillDetail } from './actions/describe-bill-detail.ts';
export { describeBillList } from './actions/describe-bill-list.ts';
export { describeBillSummary } from './actions/describe-bill-summary.ts';
export { describeDealsByCond } from './actions/describe-deals-by-cond.ts';
export { describeVoucherInfo } from './actions/describe-voucher-info.ts';
export { grantVoucherAction } from './actions/grant-voucher.ts';
export { payDeals } from './actions/pay-deals.ts';
export { topUpAccount } from './actions/top-up-account.ts';
export { closeMonthAction } from './close/actions/close-month.ts';
export { describeMonthCloses } from './close/actions/describe-month-closes.ts';
export type { ChargeSource } from './close/charge-source.ts';
export { exportAccountBills } from './documents/actions/export-account-bills.ts';
export { exportBillAction } from './documents/actions/export-bill.ts';
export { exportBillsAction } from './documents/actions/export-bills.ts';
export { createTopUpAction } from './payment-provider/actions/create-top-up.ts';
export { describeTopUps } from './payment-provider/actions/describe-top-ups.ts';
export { lookAfterTopUp } from './payment-provider/look-after-top-up.ts';
export { receivePaymentNotice } from './payment-provider/receive-notice.ts';
