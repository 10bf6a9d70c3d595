/** A hash table from whole numbers to numbers above 0, each key beside its value: a look reads one place of memory. */
export class IntTable {
  private slots = new Int32Array(32);
  private size = 0;

  /** 0: nothing is kept for the key. */
  get(key: number): number {
    return this.slots[this.slotOf(key) + 1] as number;
  }

  set(key: number, value: number): void {
    if (this.size * 5 >= this.slots.length * 2) this.grow();
    const slot = this.slotOf(key);
    if (this.slots[slot + 1] === 0) this.size += 1;
    this.slots[slot] = key;
    this.slots[slot + 1] = value;
  }

  /** Where a key is, or the free slot where it would be. */
  private slotOf(key: number): number {
    const { slots } = this;
    const mask = slots.length - 1;
    let slot = (key << 1) & mask;
    while (slots[slot + 1] !== 0 && slots[slot] !== key) slot = (slot + 2) & mask;
    return slot;
  }

  private grow(): void {
    const { slots } = this;
    this.slots = new Int32Array(slots.length * 2);
    this.size = 0;
    for (let i = 0; i < slots.length; i += 2) {
      if (slots[i + 1] !== 0) this.set(slots[i] as number, slots[i + 1] as number);
    }
  }
}
