/**
 * Aho-Corasick over bytes, ASCII case folded: one pass finds all keywords of all rules. The table is dense, with one
 * column for each class of bytes that the keywords tell apart; states in which a keyword ends have the highest numbers,
 * so that the hot loop asks one comparison.
 */
export interface KeywordAutomaton {
  readonly columns: Uint8Array;
  readonly table: Uint32Array;
  /** States from here on end a keyword. States are offsets into the table. */
  readonly firstEnding: number;
  /** For each ending state, in order: the numbers of the keywords that end in it. */
  readonly endings: readonly (readonly number[])[];
  readonly width: number;
}

interface Node {
  next: Map<number, Node>;
  fail: Node | undefined;
  keywords: number[];
  state: number;
}

/** Keywords are texts whose UTF-8 bytes are looked for; an empty one is never found. */
export function buildKeywordAutomaton(keywords: readonly string[]): KeywordAutomaton {
  const root = newNode();
  const columns = new Uint8Array(256);
  let width = 1;
  keywords.forEach((keyword, number) => {
    let node = root;
    for (const byte of Buffer.from(keyword.toLowerCase(), 'utf8')) {
      if (columns[byte] === 0) columns[byte] = width++;
      const column = columns[byte] ?? 0;
      let next = node.next.get(column);
      if (!next) node.next.set(column, (next = newNode()));
      node = next;
    }
    if (node !== root) node.keywords.push(number);
  });
  for (let lower = 0x61; lower <= 0x7a; lower++) columns[lower - 0x20] = columns[lower] ?? 0;
  return fillTable(linkFailures(root), columns, width);
}

function newNode(): Node {
  return { next: new Map(), fail: undefined, keywords: [], state: 0 };
}

/** All nodes in breadth-first order, each knowing where to go on when nothing follows. */
function linkFailures(root: Node): Node[] {
  const order = [root];
  for (const node of order) {
    for (const [column, child] of node.next) {
      let fail = node.fail;
      while (fail && !fail.next.has(column)) fail = fail.fail;
      child.fail = fail?.next.get(column) ?? root;
      child.keywords.push(...child.fail.keywords);
      order.push(child);
    }
  }
  return order;
}

function fillTable(order: readonly Node[], columns: Uint8Array, width: number): KeywordAutomaton {
  const ending = order.filter((node) => node.keywords.length > 0);
  const numbered = [...order.filter((node) => node.keywords.length === 0), ...ending];
  numbered.forEach((node, index) => {
    node.state = index * width;
  });
  const table = new Uint32Array(numbered.length * width);
  for (const node of order) {
    for (let column = 0; column < width; column++) {
      const child = node.next.get(column);
      table[node.state + column] = child ? child.state : node.fail ? (table[node.fail.state + column] ?? 0) : 0;
    }
  }
  return {
    columns,
    table,
    firstEnding: (numbered.length - ending.length) * width,
    endings: ending.map((node) => node.keywords),
    width,
  };
}

/** Calls back for each place where keywords end, with the numbers of those keywords; stops when told `false`. */
export function findKeywords(
  automaton: KeywordAutomaton,
  bytes: Uint8Array,
  found: (end: number, keywords: readonly number[]) => boolean,
): void {
  const { columns, table, firstEnding, endings, width } = automaton;
  let state = 0;
  const length = bytes.length;
  for (let index = 0; index < length; index++) {
    state = table[state + (columns[bytes[index] as number] as number)] as number;
    if (state < firstEnding) continue;
    if (!found(index + 1, endings[(state - firstEnding) / width] ?? [])) return;
  }
}
