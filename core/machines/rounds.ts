/** What processing elements without a filter of their own do. */
export type Spread = "filters" | "filters+positions";

/** One pass of filters over the processing elements. */
export interface Round {
  /** First filter, within its convolution group. */
  readonly firstFilter: number;
  /** Filters that run at once. */
  readonly filters: number;
  /** Sets of positions that run at once, each on its own copy of the filters. */
  readonly positionSets: number;
  /** Position steps of the round: ⌈positions / positionSets⌉. */
  readonly positionSteps: number;
}

/**
 * The rounds of one convolution group [our decision]: f = min(pes, filters) filters at once, in index order, filter m
 * on processing element m mod f; the last round may hold fewer. With `filters+positions` each round uses
 * ⌊pes / its filters⌋ position sets, but no more than there are positions; otherwise one.
 */
export const rounds = (filters: number, positions: number, pes: number, spread: Spread): Round[] => {
  const atOnce = Math.min(pes, filters);
  const result: Round[] = [];
  for (let firstFilter = 0; firstFilter < filters; firstFilter += atOnce) {
    const here = Math.min(atOnce, filters - firstFilter);
    const positionSets = spread === "filters" ? 1 : Math.min(positions, Math.floor(pes / here));
    result.push({
      firstFilter,
      filters: here,
      positionSets,
      positionSteps: Math.ceil(positions / positionSets),
    });
  }
  return result;
};

/** Processing elements that have work in at least one of the rounds. */
export const activePes = (plan: readonly Round[]): number =>
  plan.reduce((most, round) => Math.max(most, round.filters * round.positionSets), 0);
