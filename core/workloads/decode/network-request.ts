/** What a decoded network is called, where it came from, and what its inputs are bound to. */
export interface NetworkRequest {
  readonly name: string;
  readonly source: string;
  /** Shapes of inputs by name. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  /**
   * Values of inputs of one element, by name, where the structure of the network depends on them: the sampling rate that
   * chooses a branch, a length that a shape is computed from.
   */
  readonly values?: Readonly<Record<string, number>>;
}
