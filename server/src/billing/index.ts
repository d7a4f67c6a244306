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
export { balanceLow, credited, dealExpired, dealPaid } from './events.ts';
export { expireDeal } from './jobs/expire-deal.ts';
export { readDeal } from './move-deal.ts';
export { payDeal, setDealService } from './pay-deal.ts';
export { findPlacedDeal, placeOrder } from './place-order.ts';
export { lockWallet } from './wallet.ts';
export { topUp } from './credit.ts';
