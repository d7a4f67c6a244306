/** The built-in catalogue: the numbers of the product rules, in force until the operator publishes others. */
import { marketTimeZone } from '../platform/platform.ts';
import { builtInGuardRails, type Catalog } from './catalog.ts';

export const builtInCatalog: Catalog = {
  version: 0n,
  marketTimeZone,
  trial: {
    duration: { hours: 7 * 24 },
    gift: { cores: 'all', imageScans: 500, logGigabytes: 10 },
    deletionHours: 24,
  },
  professional: {
    unitPriceMicro: 30_000_000,
    minimumQuantity: 1,
    maximumQuantity: 1_000_000,
    purchaseTerm: { minimumMonths: 3, maximumMonths: 36 },
    renewalTerm: { minimumMonths: 1, maximumMonths: 36 },
  },
  elasticCores: { unitPriceMicro: 1_000_000, minimumCap: 5_000, suspensionHours: 24 },
  imageScan: {
    unitPriceMicro: 300_000,
    step: 300,
    minimumQuantity: 300,
    maximumQuantity: 30_000_000,
    packs: [300, 2_000, 5_000, 10_000],
    purchaseTerm: { minimumMonths: 1, maximumMonths: 36 },
    renewalTerm: { minimumMonths: 1, maximumMonths: 36 },
  },
  logAnalysis: {
    unitPriceMicro: 1_000_000,
    step: 10,
    minimumQuantity: 10,
    maximumQuantity: 10_000_000,
    purchaseTerm: { minimumMonths: 1, maximumMonths: 36 },
    renewalTerm: { minimumMonths: 1, maximumMonths: 36 },
  },
  life: {
    isolationHours: 5 * 24,
    destructionHours: 6 * 24,
    reminderDays: 7,
    alarmHistoryDays: 180,
    exportHours: 7 * 24,
    noReasonRefundHours: 5 * 24,
  },
  guardRails: builtInGuardRails,
  tax: { name: 'VAT', percent: 6 },
  aliases: {
    products: ['p_yunjing'],
    subProducts: { sp_yunjing_vas: 'log-analysis' },
    parameters: {
      sv_yunjing_css_pem: 'cores',
      sv_yunjing_cssil_image: 'scansPerMonth',
      sv_yunjing_vas_la: 'capacityGB',
    },
  },
  promotions: [],
  features: {},
};
