import type { Published, PublishedCheck, PublishedNumbers } from "./published-check.ts";

/** Rows of a table that are shown as they were printed; `place` says which of a table's numbers a name means. */
const printed = (
  machine: string,
  numbers: PublishedNumbers,
  row: string,
  cause: string,
  place = "",
): PublishedCheck[] =>
  Object.entries(numbers.rows[row]).map(([name, theirs]) => ({
    machine,
    what: place === "" ? name : `${name}, ${place}`,
    unit: numbers.unit,
    ours: null,
    theirs,
    decimals: numbers.decimals,
    demand: "orientation",
    cause,
    source: numbers.source,
    mark: numbers.mark,
  }));

const accelerators = { Eyeriss: "eyeriss", SCNN: "scnn", Stripes: "stripes", Laconic: "laconic" } as const;

/** Numbers of MICRO 2021 that rest on what was not published, as printed: they are never modelled. */
export const micro21Printed = (published: Published): PublishedCheck[] => {
  const { cyclesPerWork, efficiency, efficiencyFloat32 } = published.numbers("micro21");
  const { potential, relativeEnergy } = published.numbers("micro21-figures");
  const { training, inference } = published.numbers("gpus");
  const rows = Object.entries(accelerators);
  const inputs = "its inputs are not published";
  return [
    ...Object.keys(potential.rows).flatMap((row) =>
      printed("bitlet", potential, row, "neither inputs nor formula are published", row),
    ),
    ...printed(
      "bitlet",
      efficiencyFloat32,
      "training",
      "what a training step was is not published",
      "training",
    ),
    ...rows
      .filter(([row]) => row !== "Eyeriss")
      .flatMap(([row, machine]) => printed(machine, cyclesPerWork, row, inputs)),
    ...rows.flatMap(([row, machine]) =>
      printed(machine, efficiency, row, "rests on Table 4 and a power that is not published"),
    ),
    ...rows.flatMap(([row, machine]) =>
      printed(machine, relativeEnergy, row, "rests on Table 4 and a power that is not published"),
    ),
    ...Object.keys(training.rows).flatMap((row) =>
      printed("gpu", training, row, "GPUs are not modelled", `training on ${row}`),
    ),
    ...Object.keys(inference.rows).flatMap((row) =>
      printed("gpu", inference, row, "GPUs are not modelled", `inference on ${row}`),
    ),
  ];
};
