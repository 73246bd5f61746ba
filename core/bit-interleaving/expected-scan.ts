import { ModelError } from "../errors.ts";

/** Densities at which the distributions are tabulated; between them they are interpolated linearly. */
const gridSteps = 256;

/**
 * Cumulative distribution of the cycles of one channel whose lanes hold independent ones: for `lanes` real lanes of a
 * group of `laneWidth` (the rest zero) and a check window, entry [i · (limit + 1) + c] is the probability that the
 * channel takes at most c cycles at density i / 256.
 */
export interface ScanTable {
  /** Largest cycle count. */
  readonly limit: number;
  readonly cumulative: Float64Array;
}

/** Tabulates the scan of a channel exactly, density by density (window 0: binomial, no window rule). */
export const scanTable = (lanes: number, laneWidth: number, window: number): ScanTable => {
  if (lanes < 0 || lanes > laneWidth) {
    throw new ModelError("lanes", `a group of ${laneWidth} lanes cannot hold ${lanes} weights`);
  }
  const limit = window === 0 ? lanes : lanes + Math.ceil(laneWidth / window);
  const cumulative = new Float64Array((gridSteps + 1) * (limit + 1));
  for (let step = 0; step <= gridSteps; step++) {
    const density = step / gridSteps;
    const masses =
      window === 0 ? binomialMasses(lanes, density) : scanMasses(lanes, laneWidth, window, density, limit);
    let sum = 0;
    for (let count = 0; count <= limit; count++) {
      sum += masses[count];
      cumulative[step * (limit + 1) + count] = Math.min(1, sum);
    }
    cumulative[step * (limit + 1) + limit] = 1;
  }
  return { limit, cumulative };
};

/** Probabilities of 0 … lanes ones among `lanes` independent lanes. */
const binomialMasses = (lanes: number, density: number): Float64Array => {
  let masses = new Float64Array(lanes + 1);
  masses[0] = 1;
  for (let lane = 0; lane < lanes; lane++) {
    const next = new Float64Array(lanes + 1);
    for (let count = 0; count <= lane; count++) {
      next[count] += masses[count] * (1 - density);
      next[count + 1] += masses[count] * density;
    }
    masses = next;
  }
  return masses;
};

/**
 * Probabilities of the cycle counts of the windowed scan. The pointer stands either where a window has passed, and
 * knows nothing of its lane (`unknown`), or on the second one of the window before, and knows that its lane is a one
 * (`onOne`). From each it moves to the window's second one, or behind the window.
 */
const scanMasses = (
  lanes: number,
  laneWidth: number,
  window: number,
  density: number,
  limit: number,
): Float64Array => {
  const masses = new Float64Array(limit + 1);
  const absent = 1 - density;
  // Probability that the second one lies `distance` lanes behind the pointer.
  const fromUnknown = new Float64Array(window);
  const fromOne = new Float64Array(window);
  for (let distance = 1; distance < window; distance++) {
    fromUnknown[distance] = distance * density * density * absent ** (distance - 1);
    fromOne[distance] = density * absent ** (distance - 1);
  }
  let unknown = new Float64Array(laneWidth);
  let onOne = new Float64Array(laneWidth);
  unknown[0] = 1;
  for (let count = 1; count <= limit; count++) {
    const nextUnknown = new Float64Array(laneWidth);
    const nextOnOne = new Float64Array(laneWidth);
    let finished = 0;
    for (let pointer = 0; pointer < laneWidth; pointer++) {
      const unknownMass = unknown[pointer];
      const oneMass = onOne[pointer];
      if (unknownMass === 0 && oneMass === 0) continue;
      let rest = unknownMass + oneMass;
      const reach = Math.min(window - 1, lanes - 1 - pointer);
      for (let distance = 1; distance <= reach; distance++) {
        const moved = unknownMass * fromUnknown[distance] + oneMass * fromOne[distance];
        nextOnOne[pointer + distance] += moved;
        rest -= moved;
      }
      if (pointer + window >= laneWidth) finished += rest;
      else nextUnknown[pointer + window] += rest;
    }
    masses[count] = finished;
    unknown = nextUnknown;
    onOne = nextOnOne;
  }
  return masses;
};

/**
 * Nodes of seven-point Gauss–Hermite quadrature for a standard normal variable, and their weights: the factor that moves
 * all planes of a filter together takes seven values, from sparse filters to dense ones, and `filterShares` are the
 * shares of a layer's filters at each.
 */
export const hermiteNodes: readonly number[] = [
  -3.750439717725742, -2.366759410734541, -1.1544053947399682, 0, 1.1544053947399682, 2.366759410734541,
  3.750439717725742,
];
export const filterShares: readonly number[] = [
  0.000548268855972217, 0.03075712396758651, 0.2401231786050127, 0.4571428571428571, 0.2401231786050127,
  0.03075712396758651, 0.000548268855972217,
];

/** Essential-bit densities of a layer as the analytical model sees them: no weight words. */
export interface PlaneDensities {
  readonly planeDensity: ArrayLike<number>;
  /** Variance between filters, sampling noise of a filter's finite length included. */
  readonly planeVariance: ArrayLike<number>;
  readonly reductionLength: number;
}

/**
 * Densities of a plane in filters at the quadrature nodes: normal with the given mean and spread, but held between 0
 * and ½ (1 for a mean above ½), and shifted so that the mean stays. A magnitude that is the rarer the larger it is has
 * a 1 in no plane more often than a 0, whatever its scale: without the upper bound, filters of unlike scale would be
 * credited with planes denser than any of them has.
 */
export const densitiesAtNodes = (mean: number, spread: number): number[] => {
  // A mean of ½ stays one where the order of a sum has rounded it up.
  const ceiling = mean <= 0.5 + 1e-12 ? 0.5 : 1;
  const at = (shift: number): number[] =>
    hermiteNodes.map((node) => Math.min(ceiling, Math.max(0, mean + shift + node * spread)));
  // The spread of a share is at most ½, so no node lies farther than 2 from the mean.
  let low = -2;
  let high = 2;
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    const held = at(middle).reduce((sum, density, node) => sum + filterShares[node] * density, 0);
    if (held < mean) low = middle;
    else high = middle;
  }
  return at((low + high) / 2);
};

/**
 * Cumulative distributions of the cycles of a group in filters at each node of the common factor: the largest of
 * independent channels, so the product of their distributions. The factor's spread is the measured variance between
 * filters less the sampling noise p (1 − p) / reductionLength.
 */
export const groupDistributions = (
  densities: PlaneDensities,
  mask: number,
  table: ScanTable,
): Float64Array[] => {
  const { limit, cumulative } = table;
  const product = hermiteNodes.map(() => new Float64Array(limit + 1).fill(1));
  for (let plane = 0; mask >>> plane !== 0; plane++) {
    if (((mask >>> plane) & 1) === 0) continue;
    const mean = densities.planeDensity[plane];
    const noise = (mean * (1 - mean)) / densities.reductionLength;
    const spread = Math.sqrt(Math.max(0, densities.planeVariance[plane] - noise));
    densitiesAtNodes(mean, spread).forEach((density, node) => {
      const step = Math.min(gridSteps - 1, Math.floor(density * gridSteps));
      const fraction = density * gridSteps - step;
      const base = step * (limit + 1);
      const atNode = product[node];
      for (let count = 0; count <= limit; count++) {
        const below = cumulative[base + count];
        atNode[count] *= below + fraction * (cumulative[base + limit + 1 + count] - below);
      }
    });
  }
  return product;
};

/**
 * Shares of the nodes among the filters whose rank, the densest first, lies between the fractions `from` and `to` of
 * all filters: each node takes up as much of the ranks as its share says. They add up to 1.
 */
export const sharesOfRanks = (from: number, to: number): number[] => {
  let upTo = 1;
  return filterShares.map((share) => {
    const first = upTo - share;
    const within = Math.max(0, Math.min(to, upTo) - Math.max(from, first));
    upTo = first;
    return within / (to - from);
  });
};
