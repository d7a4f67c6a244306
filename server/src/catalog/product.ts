/** What is sold, and the names that it has on the wire. Source: issue 4, "Names that clients and tests rely on". */

/** Products with a life of their own, in the order in which what falls on one instant runs (product rules, 6). */
export const products = ['professional', 'image-scan', 'log-analysis'] as const;

export type Product = (typeof products)[number];

/** What a bill line can be for: a product, or the cores beyond a licence. */
export type BilledProduct = Product | 'elastic-cores';

/** `ProductCode` of the billing API. */
export const productCode = 'p_tcss';

/** `SubProductCode` of the billing API. */
export const subProductCodes = {
  professional: 'sp_tcss_professional',
  'image-scan': 'sp_tcss_image_scan',
  'log-analysis': 'sp_tcss_log_analysis',
} as const satisfies Record<Product, string>;

/** Names for people, as bill lines have them. */
export const productNames = {
  professional: 'Professional edition',
  'image-scan': 'Image scan',
  'log-analysis': 'Log analysis',
  'elastic-cores': 'Elastic cores',
} as const satisfies Record<BilledProduct, string>;
