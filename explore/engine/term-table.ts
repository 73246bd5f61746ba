/** Memory that several tables share: when their values take more than `most` bytes, all of them forget all. */
export class TableBudget {
  readonly most: number;
  #held = 0;
  readonly #tables: TermTable<unknown>[] = [];

  constructor(most: number) {
    this.most = most;
  }

  add(table: TermTable<unknown>): void {
    this.#tables.push(table);
  }

  take(bytes: number): void {
    if (this.#held + bytes > this.most) {
      for (const table of this.#tables) table.clear();
      this.#held = 0;
    }
    this.#held += bytes;
  }
}

/** Keys up to here find their value by position; larger tables are maps. */
const mostDense = 2 ** 16;

/** What an entry of a map or an array takes beside its value. */
const entryBytes = 64;

/** Values by sub-key, a whole number from 0 to `size` − 1; each takes `bytes`. */
export class TermTable<T> {
  readonly #budget: TableBudget;
  #dense: (T | undefined)[] | undefined;
  readonly #sparse = new Map<number, T>();
  readonly #bytes: number;

  constructor(budget: TableBudget, size: number, bytes: number) {
    this.#budget = budget;
    this.#dense = size <= mostDense ? new Array<T | undefined>(size).fill(undefined) : undefined;
    this.#bytes = bytes + entryBytes;
    budget.add(this as TermTable<unknown>);
  }

  get(key: number): T | undefined {
    return this.#dense === undefined ? this.#sparse.get(key) : this.#dense[key];
  }

  set(key: number, value: T): T {
    this.#budget.take(this.#bytes);
    if (this.#dense === undefined) this.#sparse.set(key, value);
    else this.#dense[key] = value;
    return value;
  }

  clear(): void {
    this.#dense?.fill(undefined);
    this.#sparse.clear();
  }
}
