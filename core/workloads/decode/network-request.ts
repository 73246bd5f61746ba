/** What a decoded network is called, where it came from, and the shapes its inputs are bound to. */
export interface NetworkRequest {
  readonly name: string;
  readonly source: string;
  readonly inputs: Readonly<Record<string, readonly number[]>>;
}
