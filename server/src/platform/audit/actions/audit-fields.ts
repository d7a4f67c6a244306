import { z } from 'zod';

/** The number of a row, as text because it is an int64. */
export const auditNumberField = z
  .string()
  .regex(/^[1-9]\d{0,17}$/, 'must be the number of a row')
  .transform(BigInt);
