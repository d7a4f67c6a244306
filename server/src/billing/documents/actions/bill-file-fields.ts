/** A file in an answer: JSON carries its bytes as base64. */
import { z } from 'zod';
import { stringField, wireString } from '../../../platform/wire-types.ts';
import { billFormats, type BillFile } from '../export-bills.ts';

export const formatField = z.enum(billFormats).default('pdf');
export const billIdField = stringField.regex(/^\d{1,64}$/, 'must be the number of a bill');

export const wireFile = z.object({ FileName: wireString, ContentType: wireString, Content: wireString });

export function toWireFile({ fileName, contentType, content }: BillFile): z.input<typeof wireFile> {
  return { FileName: fileName, ContentType: contentType, Content: content.toString('base64') };
}
