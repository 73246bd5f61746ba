import type { Machine } from "../../core/machines/machine.ts";
import { type Configuration, configurationOf } from "../../core/machines/parameter.ts";
import { machines } from "../../core/machines/registry.ts";
import { matrixProductShape } from "../../core/workloads/build-layer.ts";
import type { LayerShape } from "../../core/workloads/layer.ts";
import type { Published, PublishedCheck, PublishedNumbers } from "./published-check.ts";

/** No weight decides the cycles of the two machines. */
const noStatistics = { signalPower: 0, noisePower: 0, standardError: 0 };

const cycles = (machine: Machine, changes: Configuration, layers: readonly LayerShape[]): number => {
  const configuration = configurationOf(machine.parameters, changes);
  return layers.reduce(
    (sum, layer) => sum + machine.tracedCycles(configuration, layer, noStatistics).cycles,
    0,
  );
};

/** Cycles of Stripes over those of BitVert on arrays with as many multipliers. */
const speedup = (pruning: string, layers: readonly LayerShape[]): number =>
  cycles(machines["stripes-bbs"], {}, layers) / cycles(machines.bitvert, { pruning }, layers);

/** A layer that fills every set: a tenth and a fifth of its filters are whole sets of 32, groups and positions of 16. */
const even = matrixProductShape({
  name: "even",
  kind: "linear",
  filters: 320,
  channels: 64,
  groups: 1,
  vectors: 16,
  biasParameters: 0,
});

/** The speedup over Stripes that the shares of pruned channels bound, and beside what was published that of BERT-base. */
export const bitvertChecks = async (published: Published): Promise<readonly PublishedCheck[]> => {
  const { unpruned, computeBound, speedup: printed } = published.numbers("bitvert");
  const bert = (await published.layers("bert-base")).filter(({ kind }) => kind !== "matmul");
  const row = (
    section: PublishedNumbers,
    key: string,
    what: string,
    ours: number,
    cause?: string,
  ): PublishedCheck => ({
    machine: "bitvert",
    what,
    unit: section.unit,
    ours,
    theirs: section.values[key],
    ...(cause === undefined
      ? { demand: "exact", decimals: section.decimals }
      : { demand: "orientation", cause }),
    source: section.source,
    mark: section.mark,
  });
  return [
    row(unpruned, "speedup", "speedup over Stripes, no column pruned", speedup("none", [even])),
    ...["conservative", "moderate"].flatMap((pruning) => [
      row(
        computeBound,
        pruning,
        `speedup over Stripes, ${pruning} pruning, every set of filters full`,
        speedup(pruning, [even]),
      ),
      row(
        printed,
        pruning,
        `speedup over Stripes, ${pruning} pruning, linear layers of BERT-base`,
        speedup(pruning, bert),
        "theirs includes memory and takes the sensitive channels over all layers of a network, ours is compute alone",
      ),
    ]),
  ];
};
