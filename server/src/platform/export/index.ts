export { cursorRows } from './cursor-rows.ts';
export { tablePart, type ExportedTable, type ExportPart } from './export-part.ts';
