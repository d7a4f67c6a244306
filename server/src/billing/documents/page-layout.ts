/**
 * Lays text from top to bottom on A4 pages. The bytes depend on the text only: nothing of a clock, and no compression, whose
 * output differs between versions of the library that does it.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import PdfDocument from 'pdfkit';
import { breakLines } from './break-lines.ts';
import { glyphRuns, latinFont, loadFonts } from './glyph-runs.ts';

export interface TextStyle {
  readonly size?: number;
  readonly bold?: boolean;
  /** From the left margin on, in points. */
  readonly indent?: number;
}

/** What stands on a page, in the order from top to bottom. A text is broken where it is too long. */
export type Block =
  | { readonly kind: 'text'; readonly text: string; readonly style?: TextStyle }
  /** A label and its value beside it. */
  | { readonly kind: 'fact'; readonly text: string; readonly value: string }
  /** Something on the left and an amount on the right. */
  | { readonly kind: 'amount'; readonly text: string; readonly value: string; readonly style?: TextStyle }
  | { readonly kind: 'rule' }
  | { readonly kind: 'gap'; readonly points: number }
  | { readonly kind: 'page' };

const margin = 48;
const lineHeight = 1.45;
const textSize = 9;
const footSize = 8;
const labelWidth = 110;
/** So many are laid before others have their turn. */
const blocksAtOnce = 100;
/** The embedded font stands in its thinnest weight: its outlines, so wide, make it a regular or a bold one. */
const outline = { regular: 0.035, bold: 0.06 };

/** Draws the blocks and numbers the pages; `at` is when what they tell happened, and stands in the metadata. */
export async function layPages(title: string, at: Temporal.Instant, blocks: readonly Block[]): Promise<Buffer> {
  const texts = blocks.flatMap((block) => [
    'text' in block ? block.text : '',
    'value' in block ? block.value : '',
    title,
  ]);
  const fonts = await loadFonts(texts);
  // The library takes a document's dates in this type only.
  const CreationDate = new Date(at.epochMilliseconds);
  const pdf = new PdfDocument({
    size: 'A4',
    margin,
    compress: false,
    bufferPages: true,
    info: { Title: title, Producer: 'Wharfinger', Creator: 'Wharfinger', CreationDate, ModDate: CreationDate },
  });
  const chunks: Buffer[] = [];
  const ended = new Promise<Buffer>((resolve, reject) => {
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
    pdf.on('error', reject);
    pdf.on('end', () => resolve(Buffer.concat(chunks)));
  });
  for (const [name, font] of fonts) pdf.registerFont(name, font);
  const { width, height } = pdf.page;
  const right = width - margin;
  let y = margin;

  const choose = (font: string, { size = textSize, bold = false }: TextStyle) =>
    pdf.font(font === latinFont && bold ? `${latinFont}-Bold` : font).fontSize(size);
  const widthOf = (text: string, style: TextStyle) =>
    glyphRuns(text).reduce((sum, run) => sum + choose(run.font, style).widthOfString(run.text), 0);
  const draw = (text: string, x: number, style: TextStyle) => {
    let left = x;
    for (const run of glyphRuns(text)) {
      choose(run.font, style);
      pdf.lineWidth((style.size ?? textSize) * (style.bold ? outline.bold : outline.regular));
      const baseline = y + (style.size ?? textSize);
      const stroke = run.font !== latinFont;
      pdf.text(run.text, left, baseline, { baseline: 'alphabetic', lineBreak: false, fill: true, stroke });
      left += pdf.widthOfString(run.text);
    }
  };
  const newPage = () => {
    pdf.addPage();
    y = margin;
  };
  /** Lines from the left, and something beside the last of them. */
  const paragraph = (text: string, style: TextStyle, left: number, end = '') => {
    const endWidth = end === '' ? 0 : widthOf(end, style);
    const lines = breakLines(text, right - left - (end === '' ? 0 : endWidth + 12), (part) => widthOf(part, style));
    for (const [index, line] of lines.entries()) {
      const points = (style.size ?? textSize) * lineHeight;
      if (y + points > height - margin - 2 * footSize) newPage();
      draw(line, left, style);
      if (end !== '' && index === lines.length - 1) draw(end, right - endWidth, style);
      y += points;
    }
  };

  for (const [index, block] of blocks.entries()) {
    if (index % blocksAtOnce === blocksAtOnce - 1) await nextTurn();
    if (block.kind === 'page') newPage();
    else if (block.kind === 'gap') y += block.points;
    else if (block.kind === 'rule') {
      pdf.lineWidth(0.5);
      pdf.moveTo(margin, y + 3).lineTo(right, y + 3);
      pdf.stroke();
      y += 8;
    } else if (block.kind === 'fact') {
      const [page, top] = [pdf.page, y];
      paragraph(block.value, {}, margin + labelWidth);
      const after = y;
      y = pdf.page === page ? top : margin;
      draw(block.text, margin, {});
      y = after;
    } else {
      const { style = {} } = block;
      paragraph(block.text, style, margin + (style.indent ?? 0), block.kind === 'amount' ? block.value : '');
    }
  }

  const { start, count } = pdf.bufferedPageRange();
  for (let page = start; page < start + count; page += 1) {
    pdf.switchToPage(page);
    // Below the margin the library would begin a page of its own.
    pdf.page.margins.bottom = 0;
    y = height - margin;
    const [style, number] = [{ size: footSize }, `${page + 1} / ${count}`];
    draw(title, margin, style);
    draw(number, right - widthOf(number, style), style);
  }
  pdf.end();
  return ended;
}
