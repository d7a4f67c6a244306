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
export { credited, dealExpired, dealPaid } from './events.ts';
