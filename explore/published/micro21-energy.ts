import { bitletModules, type Technology } from "../../core/technology/technology.ts";
import { workloadsOf } from "./micro21-rates.ts";
import type { Published, PublishedCheck, PublishedNumbers } from "./published-check.ts";

/** A number as it was printed. */
interface Printed {
  readonly value: number;
  readonly decimals: number;
}

/** How far rounding can put a number off, as a share of it. */
const rounding = ({ value, decimals }: Printed): number => (0.5 * 10 ** -decimals) / value;

/** A check that holds as far as the numbers that enter it were rounded. */
const rounded = (
  check: Pick<PublishedCheck, "machine" | "what" | "cause">,
  numbers: PublishedNumbers,
  theirs: number,
  ours: number,
  entering: readonly Printed[],
): PublishedCheck => {
  const all = [...entering, { value: theirs, decimals: numbers.decimals ?? 0 }];
  return {
    ...check,
    unit: numbers.unit,
    ours,
    theirs,
    demand: "close",
    tolerance: all.reduce((sum, printed) => sum + rounding(printed), 0),
    decimals: numbers.decimals,
    identity: true,
    source: numbers.source,
    mark: numbers.mark,
  };
};

/** Operations a joule and relative energy of Bitlet, from its frame rates and the power that the same tables imply. */
const efficiencyChecks = (published: Published, { totals }: Technology): PublishedCheck[] => {
  const { work, frameRate, efficiency, efficiencyFloat32 } = published.numbers("micro21");
  const { frameRateFloat32, relativeEnergyFixed } = published.numbers("micro21-figures");
  const rate = (value: number): Printed => ({ value, decimals: 3 });
  const power = (value: number): Printed => ({ value, decimals: 3 });
  const { float, fixed } = totals["tables6-7"].power;
  const perWatt = (
    name: string,
    work: number,
    numbers: PublishedNumbers,
    theirs: number,
    frames: number,
    watts: number,
    format: string,
  ): PublishedCheck =>
    rounded(
      {
        machine: "bitlet",
        what: `${name}, ${format}, from the frame rate at ${watts} W`,
      },
      numbers,
      theirs,
      (work * frames) / watts,
      [rate(frames), power(watts)],
    );
  return workloadsOf(work).flatMap(({ name, work, kind }) => {
    const frames = frameRate.rows.bitlet[name];
    if (kind === "float") {
      const theirs = efficiencyFloat32.rows.inference[name];
      return [perWatt(name, work, efficiencyFloat32, theirs, frames, float.value, "float32")];
    }
    const framesFloat = frameRateFloat32.values[name];
    const fig8 = totals.fig8.power;
    return [
      perWatt(name, work, efficiency, efficiency.rows["Bitlet fixed"][name], frames, fixed.value, "fixed"),
      perWatt(
        name,
        work,
        efficiency,
        efficiency.rows["Bitlet float32"][name],
        framesFloat,
        float.value,
        "float32",
      ),
      rounded(
        {
          machine: "bitlet",
          what: `${name}, energy in fixed point over float32, at ${fig8.fixed.value} and ${fig8.float.value} W`,
          cause: "the fixed-point power of this figure is neither that of Tables 6 and 7 nor that of Table 9",
        },
        relativeEnergyFixed,
        relativeEnergyFixed.values[name],
        (fig8.fixed.value / frames) * (framesFloat / fig8.float.value),
        [rate(frames), rate(framesFloat), power(fig8.fixed.value), power(fig8.float.value)],
      ),
    ];
  });
};

const ratios = (
  over: Readonly<Record<string, number>>,
  under: Readonly<Record<string, number>>,
): readonly number[] => Object.entries(under).map(([name, value]) => over[name] / value);

/** The abstract's ratios from the tables that have them, and its area and power from the rows of modules. */
const headlineChecks = (published: Published, { nodes }: Technology): PublishedCheck[] => {
  const { headlineRatios, headlineArea, headlinePower, efficiency, efficiencyFloat32, cyclesPerWork } =
    published.numbers("micro21");
  const { training, inference } = published.numbers("gpus");
  const exact = (what: string, numbers: PublishedNumbers, name: string, ours: number): PublishedCheck => ({
    machine: "bitlet",
    what,
    unit: numbers.unit,
    ours,
    theirs: numbers.values[name],
    demand: "exact",
    decimals: numbers.decimals,
    identity: true,
    source: numbers.source,
    mark: numbers.mark,
  });
  const speed = exact(
    "largest speedup over an accelerator, from Table 4",
    headlineRatios,
    "speedOverAccelerators",
    Math.max(...ratios(cyclesPerWork.rows.Eyeriss, cyclesPerWork.rows.Bitlet)),
  );
  const { area, power } = nodes["28nm"].bitlet!;
  const sum = (row: typeof area): number =>
    bitletModules.reduce((total, module) => total + row[module].value, 0);
  const watts = (format: string) =>
    exact(`${format}, sum of the modules of Table 9`, headlinePower, format, sum(power[format]));
  return [
    exact(
      "largest ratio in training over Titan V, from Table 5",
      headlineRatios,
      "trainingOverGpu",
      Math.max(...ratios(efficiencyFloat32.rows.training, training.rows["Titan V"])),
    ),
    exact(
      "largest ratio in inference over Titan V, from Table 5",
      headlineRatios,
      "inferenceOverGpu",
      Math.max(...ratios(efficiencyFloat32.rows.inference, inference.rows["Titan V"])),
    ),
    exact(
      "largest ratio in operations a joule over Laconic, from Tables 6 and 7",
      headlineRatios,
      "efficiencyOverAccelerators",
      Math.max(...ratios(efficiency.rows["Bitlet fixed"], efficiency.rows.Laconic)),
    ),
    {
      ...speed,
      demand: "orientation",
      cause: "Table 4 has no largest ratio of 15: over Eyeriss, its slowest, it is this one",
    },
    exact("area, sum of the modules of Table 9", headlineArea, "total", sum(area)),
    watts("float32"),
    {
      ...watts("fixed16"),
      demand: "orientation",
      cause:
        "40.28 mW of the wire orchestrator is probably a misprint of 41.28, with which the modules add up",
    },
    watts("fixed8"),
  ];
};

/** Energy, power and area of MICRO 2021 (Tables 5 to 9, Fig. 8, abstract) against each other. */
export const micro21Energy = (published: Published, technology: Technology): PublishedCheck[] => [
  ...efficiencyChecks(published, technology),
  ...headlineChecks(published, technology),
];
