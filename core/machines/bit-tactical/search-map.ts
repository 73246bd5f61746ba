import { ModelError } from "../../errors.ts";

/** Shapes of the search map: what a multiplexer in front of a lane reaches. */
export const shapes = ["T", "L"] as const;
export type Shape = (typeof shapes)[number];

/** Where an empty slot looks for a weight: `rows` later, `lanes` to the side. */
export interface Reach {
  readonly rows: number;
  readonly lanes: number;
}

/** Rows that a machine looks ahead, and weights that it looks aside for. */
export interface Search {
  readonly shape: Shape;
  readonly lookahead: number;
  readonly lookaside: number;
}

/** Places of ⟨2, 5⟩ in the shape of a T. */
const shapeT = [
  [1, 0],
  [2, 0],
  [1, 1],
  [1, -1],
  [2, 2],
  [2, -2],
  [1, 3],
] as const;

/** The lookahead and the lookaside that the shape T is given for. */
export const searchT = { lookahead: 2, lookaside: 5 } as const;

/**
 * The search map, sorted by rows, then by lanes: the order in which candidates are listed [DNNsim]. L: the same lane of
 * the next `lookahead` rows, and of the next row the `lookaside` lanes below. T is a pattern of its own for ⟨2, 5⟩ alone.
 * Throws ModelError `search-map` for a T of other sizes.
 */
export const searchMap = ({ shape, lookahead, lookaside }: Search): readonly Reach[] => {
  if (shape === "T" && (lookahead !== searchT.lookahead || lookaside !== searchT.lookaside)) {
    throw new ModelError(
      "search-map",
      `shape T with lookahead ${lookahead} and lookaside ${lookaside}: expected ${searchT.lookahead} and ${searchT.lookaside}, or shape L`,
    );
  }
  const places =
    shape === "T"
      ? shapeT.map(([rows, lanes]) => ({ rows, lanes }))
      : [
          ...Array.from({ length: lookahead }, (_, index) => ({ rows: index + 1, lanes: 0 })),
          ...Array.from({ length: lookaside }, (_, index) => ({ rows: 1, lanes: -(index + 1) })),
        ];
  return places.sort((left, right) => left.rows - right.rows || left.lanes - right.lanes);
};

/** Bits beside each weight that say where it comes from: ⌈log2(lookahead + lookaside)⌉. */
export const metadataBits = ({ lookahead, lookaside }: Pick<Search, "lookahead" | "lookaside">): number =>
  Math.ceil(Math.log2(lookahead + lookaside));
