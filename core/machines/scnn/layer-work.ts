/** What the products of a layer take on the array, for one input and without the halos. */
export interface LayerWork {
  /** Without any waiting: the largest sum of one processing element. */
  readonly independent: number;
  /** With a barrier after each group of filters, and after each channel of a group. */
  readonly groupBarrier: number;
  readonly channelBarrier: number;
  /** Σ over processing elements of the cycles in which they multiply. */
  readonly busy: number;
  /** Pairs of vectors that were multiplied: cycles, if no bank were hit twice. */
  readonly vectorPairs: number;
  /** Products of non-zero operands inside the output plane. */
  readonly products: number;
  /** Standard error of the cycles, as a share of them. */
  readonly standardError: number;
}
