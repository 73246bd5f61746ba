import { parse } from "yaml";
import type { DesignCosts } from "../../../core/model/costs.ts";
import type { NetworkResult } from "../../../core/model/evaluate.ts";
import { syntheticNetwork } from "../../../core/workloads/synthetic.ts";
import { loadTechnology } from "../../../explore/catalog/technology.ts";
import { evaluatorOfDesign } from "../../../explore/engine/one-design.ts";
import { type DesignHierarchy, designHierarchy } from "../../../explore/report/design-hierarchy.ts";
import { parseSweep } from "../../../explore/spec/parse.ts";

const network = syntheticNetwork("tiny", {
  seed: 5,
  sigma: 0.05,
  layers: [
    { kind: "linear", name: "first", filters: 24, channels: 100, vectors: 9 },
    { kind: "linear", name: "last", filters: 10, channels: 70, vectors: 3 },
  ],
});

/** A design for an export: the baseline of a sweep with `parameters`, and what it comes to on a small network. */
export interface ExportedDesign {
  readonly hierarchy: DesignHierarchy;
  readonly costs: DesignCosts;
  readonly result: NetworkResult;
  readonly clock_GHz: number;
}

/** Evaluates the published machine with 32 processing elements and some parameters, written in YAML, changed. */
export const exportedDesign = async (parameters = "", name = "exported"): Promise<ExportedDesign> => {
  const sweep = parseSweep(
    `
version: 1
name: ${name}
networks: [tiny]
machine: bitlet
parameters: { pes: 4${parameters === "" ? "" : `, ${parameters}`} }
objectives: [{ maximize: throughput_ips }, { minimize: energy_J }]
baseline: { pes: 32, weightBuffer: 128, activationBuffer: 128, outputBuffer: 128${parameters === "" ? "" : `, ${parameters}`} }
`,
    { file: "exported.yaml" },
  );
  const point = sweep.space.baseline!;
  const technology = await loadTechnology();
  const { evaluator } = evaluatorOfDesign(sweep, point, [network], technology);
  return {
    hierarchy: designHierarchy(sweep.name, point, technology),
    costs: evaluator.costs(point)[0].costs,
    result: evaluator.results(point, "cycle")[0],
    clock_GHz: Number(point.configuration.clock),
  };
};

/** The text of a YAML file as plain data, by YAML 1.2 and by 1.1 alike; tags are passed over. */
export const readYaml = (text: string): unknown => {
  const [older, newer] = (["1.1", "1.2"] as const).map((version) =>
    parse(text, { version, logLevel: "error" }),
  );
  if (JSON.stringify(older) !== JSON.stringify(newer))
    throw new Error("YAML 1.1 and 1.2 read it differently");
  return newer;
};
