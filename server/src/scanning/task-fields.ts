/** Fields that the requests for a scan share. */
import { z } from 'zod';
import { uint64Field } from '../platform/wire-types.ts';
import { scanTypes } from './risk-classes.ts';

/** The contract has them in capitals; some of the vendor's own samples do not. */
export const scanTypesField = z
  .array(z.string().toUpperCase().pipe(z.enum(scanTypes)))
  .max(16)
  .optional();

/** Seconds for each image, at most a day; 0 as if it were absent. */
export const timeoutField = uint64Field.max(86_400).optional();

export function timeoutSeconds(field: number | undefined): number | undefined {
  return field === 0 ? undefined : field;
}
