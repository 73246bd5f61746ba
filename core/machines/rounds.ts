/** What processing elements without a filter of their own do. */
export type Spread = "filters" | "filters+positions";

/** One pass of filters over the processing elements. */
export interface Round {
  /** First filter, within its convolution group. */
  readonly firstFilter: number;
  /** Filters that run at once. */
  readonly filters: number;
  /** Processing elements that hold them: ⌈filters / packing⌉. */
  readonly pesOfSet: number;
  /** Sets of positions that run at once, each on its own copy of the filters. */
  readonly positionSets: number;
  /** Position steps of the round: ⌈positions / positionSets⌉. */
  readonly positionSteps: number;
}

/**
 * The rounds of one convolution group [our decision]: f = min(pes · packing, filters) filters at once; the last round
 * may hold fewer. The filters of a round lie side by side, `packing` to a processing element: filter m of the round on
 * element ⌊m / packing⌋, the last of which may hold fewer. With `filters+positions` each round uses as many position
 * sets as there are processing elements for, but no more than there are positions; otherwise one.
 */
export const rounds = (
  filters: number,
  positions: number,
  pes: number,
  spread: Spread,
  packing = 1,
): Round[] => {
  const atOnce = Math.min(pes * packing, filters);
  const result: Round[] = [];
  for (let firstFilter = 0; firstFilter < filters; firstFilter += atOnce) {
    const here = Math.min(atOnce, filters - firstFilter);
    const pesOfSet = Math.ceil(here / packing);
    const positionSets = spread === "filters" ? 1 : Math.min(positions, Math.floor(pes / pesOfSet));
    result.push({
      firstFilter,
      filters: here,
      pesOfSet,
      positionSets,
      positionSteps: Math.ceil(positions / positionSets),
    });
  }
  return result;
};

/** Processing elements that have work in at least one of the rounds. */
export const activePes = (plan: readonly Round[]): number =>
  plan.reduce((most, round) => Math.max(most, round.pesOfSet * round.positionSets), 0);
