const EMPTY = 0;

/** A hash table from whole numbers to values in two flat arrays: one look reads one place of memory. */
export class IntTable<V> {
  private keys = new Int32Array(16);
  private values: (V | undefined)[] = new Array(16).fill(undefined);
  private size = 0;

  get(key: number): V | undefined {
    const mask = this.keys.length - 1;
    const wanted = key === EMPTY ? 1 : key;
    for (let at = wanted & mask; ; at = (at + 1) & mask) {
      const found = this.keys[at];
      if (found === wanted) return this.values[at];
      if (found === EMPTY) return undefined;
    }
  }

  set(key: number, value: V): void {
    if (this.size * 2 >= this.keys.length) this.grow();
    this.put(key === EMPTY ? 1 : key, value);
  }

  private put(key: number, value: V): void {
    const mask = this.keys.length - 1;
    let at = key & mask;
    while (this.keys[at] !== EMPTY && this.keys[at] !== key) at = (at + 1) & mask;
    if (this.keys[at] === EMPTY) this.size += 1;
    this.keys[at] = key;
    this.values[at] = value;
  }

  private grow(): void {
    const { keys, values } = this;
    this.keys = new Int32Array(keys.length * 2);
    this.values = new Array(keys.length * 2).fill(undefined);
    this.size = 0;
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] !== EMPTY) this.put(keys[i] as number, values[i] as V);
    }
  }
}
