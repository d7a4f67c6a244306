import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { uint64Field, wireUint64 } from '../../platform/wire-types.ts';
import { holdsAt } from '../promotion.ts';
import { currentCatalog } from '../store.ts';

/** Our reading of the fields: `ProfessionalDiscount` is the percentage that is paid; a limit of 0 is none. */
export const describePromotionActivity = action({
  api: 'tcss/2020-11-01',
  name: 'DescribePromotionActivity',
  summary: 'The terms of a promotion that holds now: months, core limit and discount; an empty list for any other.',
  request: z.strictObject({ ActiveID: uint64Field }),
  response: z.object({
    List: z.array(
      z.object({
        MonthNum: wireUint64,
        CoresCountLimit: wireUint64,
        ProfessionalDiscount: wireUint64,
        ImageAuthorizationNum: wireUint64,
      }),
    ),
  }),
  needs: { role: 'resource:read' },
  async handle({ tx, now, request }) {
    const { promotions } = await currentCatalog(tx, now);
    const found = promotions.filter((promotion) => promotion.id === request.ActiveID && holdsAt(promotion, now));
    return {
      List: found.map(({ products, minimumMonths = 1, maximumQuantity = 0, percentOff }) => ({
        MonthNum: minimumMonths,
        CoresCountLimit: products.includes('professional') ? maximumQuantity : 0,
        ProfessionalDiscount: products.includes('professional') ? 100 - percentOff : 100,
        ImageAuthorizationNum: 0,
      })),
    };
  },
});
