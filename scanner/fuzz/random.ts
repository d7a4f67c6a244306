/** Numbers that look random and are the same for the same seed. Source: Bob Jenkins' small noncryptographic generator. */
export class Random {
  #a = 0xf1ea5eed;
  #b: number;
  #c: number;
  #d: number;

  constructor(seed: number, stream: number) {
    this.#b = seed >>> 0;
    this.#c = stream >>> 0;
    this.#d = Math.floor(stream / 2 ** 32) >>> 0;
    for (let round = 0; round < 12; round += 1) this.next();
  }

  /** 32 bits. */
  next(): number {
    const e = (this.#a - ((this.#b << 27) | (this.#b >>> 5))) | 0;
    this.#a = this.#b ^ ((this.#c << 17) | (this.#c >>> 15));
    this.#b = (this.#c + this.#d) | 0;
    this.#c = (this.#d + e) | 0;
    this.#d = (e + this.#a) | 0;
    return this.#d >>> 0;
  }

  /** 0 to `end - 1`; 0 where there is nothing to choose from. */
  below(end: number): number {
    return end <= 1 ? 0 : this.next() % end;
  }

  oneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.below(items.length)] ?? items[0];
  }
}
