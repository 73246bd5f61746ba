import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { ModelError } from "../../../core/errors.ts";
import type { LayerOperands, LayerStatistics } from "../../../core/machines/layer-statistics.ts";
import type { Machine } from "../../../core/machines/machine.ts";
import { mixedPrecision } from "../../../core/machines/mixed-precision.ts";
import {
  type Configuration,
  configurationOf,
  type ParameterDescriptor,
  settled,
} from "../../../core/machines/parameter.ts";
import { machines, statisticsRules } from "../../../core/machines/registry.ts";
import { systemParameters } from "../../../core/machines/system-parameters.ts";
import { designCosts } from "../../../core/model/costs.ts";
import { valueOrError } from "../../../core/model/terms.ts";
import { formats, parseFormat } from "../../../core/numerics/formats.ts";
import { type Uniform, uniformStream } from "../../../core/random.ts";
import { marks } from "../../../core/technology/component.ts";
import type { LayerShape } from "../../../core/workloads/layer.ts";
import { configuredTechnology } from "../technology/configured-technology.ts";
import { brokenContract } from "./integer-layer.ts";
import { type MachineTerm, machineTerms } from "./machine-terms.ts";
import { type Change, changesOf, randomConfiguration, sampleValues } from "./sample-configurations.ts";
import { layersNamed, sampleLayers, sampleOperands, statisticsOf } from "./sample-layers.ts";

const isSystem = ({ name }: ParameterDescriptor): boolean =>
  systemParameters.some((parameter) => parameter.name === name);

/** Parameters that decide how a machine runs a layer: its own, and the batch. */
const runs = (parameter: ParameterDescriptor): boolean => !isSystem(parameter) || parameter.name === "batch";

const parameterLists = [
  "sizeParameters",
  "statisticsParameters",
  "computeParameters",
  "trafficParameters",
  "operandParameters",
  "componentParameters",
  "clockParameters",
] as const;

const parametersOfAll = Object.values(machines).flatMap(({ parameters }) => parameters);

/** The random numbers of a machine, whatever others there are. */
const streamOf = ({ name }: Machine): Uniform =>
  uniformStream(
    11,
    [...name].reduce((hash, letter) => Math.imul(31, hash) + letter.charCodeAt(0), 0),
  );

/** The default configuration and `count` random ones that the machine takes, every second of them of a small machine. */
const someConfigurations = (machine: Machine, count: number): readonly Configuration[] => {
  const uniform = streamOf(machine);
  const configurations = [configurationOf(machine.parameters)];
  while (configurations.length <= count) {
    const configuration = randomConfiguration(machine, uniform, runs, configurations.length % 2 === 1);
    const refused = valueOrError(() => machine.statistics(configuration, 1, 0)) instanceof ModelError;
    if (!refused) configurations.push(configuration);
  }
  return configurations;
};

/** The configuration with another format in layers of some names, where the machine has one. */
const withMixedPrecision = ({ parameters }: Machine, configuration: Configuration): Configuration => {
  const precision = parameters.filter(({ name }) => name === "precision").flatMap(sampleValues);
  const mixed = { default: String(configuration.precision), "p.*|linear": String(precision[0]) };
  return settled(parameters, { ...configuration, precision: mixedPrecision(mixed) });
};

/** A draw of operands for each layer. */
const drawn = (layers: readonly LayerShape[], seed: number): readonly Required<LayerOperands>[] =>
  layers.map((layer, index) => sampleOperands(layer, seed + index));

/** What the machine finds for a layer. */
const runLayer = (machine: Machine, configuration: Configuration, operands: Required<LayerOperands>) => {
  const { layer } = operands;
  const statistics = statisticsOf(machine, configuration, operands);
  return {
    configuration,
    statistics,
    traced: machine.tracedCycles(configuration, layer, statistics),
    analytical: machine.analyticalCycles(configuration, layer, statistics),
    activePes: machine.activePes(configuration, layer),
  };
};

describe.each(Object.entries(machines))("%s", (key, machine) => {
  const { parameters, statisticsRule } = machine;
  const standard = configurationOf(parameters);
  const choicesOf = (name: string): readonly string[] =>
    parameters.flatMap((parameter) =>
      parameter.name === name && parameter.kind === "choice" ? parameter.choices : [],
    );

  describe("descriptors", () => {
    it("have names of their own, defaults in range, and whole sentences", () => {
      expect(machine.name).toBe(key);
      expect(new Set(parameters.map(({ name }) => name)).size).toBe(parameters.length);
      for (const parameter of parameters) {
        const { name, description, activeWhen = {} } = parameter;
        expect(description, name).toMatch(/^[A-Z0-9`].*\.$/);
        if (parameter.kind === "choice") {
          expect(new Set(parameter.choices).size, name).toBe(parameter.choices.length);
          expect(parameter.choices, name).toContain(parameter.default);
        } else {
          expect(parameter.default, name).toBeGreaterThanOrEqual(parameter.minimum);
          expect(parameter.default, name).toBeLessThanOrEqual(parameter.maximum);
          if (parameter.kind === "integer") expect(parameter.default % 1, name).toBe(0);
        }
        for (const [other, values] of Object.entries(activeWhen)) {
          expect(choicesOf(other), `${name}: activeWhen ${other}`).toEqual(
            expect.arrayContaining([...values]),
          );
        }
      }
    });

    it("include a precision by layer, the system's, and a size", () => {
      const named = (name: string) => parameters.find((parameter) => parameter.name === name);
      expect(named("precision")).toMatchObject({ kind: "choice", byLayer: true });
      expect(formats.map(({ name }) => name)).toEqual(expect.arrayContaining([...choicesOf("precision")]));
      for (const { default: _, ...parameter } of systemParameters) {
        expect(named(parameter.name)).toMatchObject(parameter);
      }
      expect(named(machine.sizeParameter)).toMatchObject({ kind: "integer" });
      expect(machine.sizeParameters).toContain(machine.sizeParameter);
    });

    it("are of the same kind and unit in every machine", () => {
      const kindOf = (parameter: ParameterDescriptor) => [
        parameter.kind,
        parameter.kind === "choice" ? undefined : parameter.unit,
      ];
      for (const parameter of parameters) {
        for (const other of parametersOfAll.filter(({ name }) => name === parameter.name)) {
          expect(kindOf(parameter), parameter.name).toEqual(kindOf(other));
        }
      }
    });

    it("have the names that the lists of terms use", () => {
      const known = new Set(parametersOfAll.map(({ name }) => name));
      const unknown = parameterLists.flatMap((list) => machine[list].filter((name) => !known.has(name)));
      expect(unknown).toEqual([]);
      expect(machine.computeParameters).toEqual(expect.arrayContaining([...machine.statisticsParameters]));
    });
  });

  it("says what it runs and what it leaves out, in whole sentences", () => {
    const caveats = someConfigurations(machine, 4).flatMap(machine.caveats);
    for (const sentence of [...machine.leavesOut, ...caveats]) expect(sentence).toMatch(/\.$/);
    expect(machine.products).toContain("forward");
    expect(machine.products).toEqual(expect.arrayContaining([...machine.accelerates]));
    expect(statisticsRules[statisticsRule.kind]).toBe(statisticsRule);
  });

  it("grows by its size parameter", () => {
    const { sizeParameter, processingElements, lanes } = machine;
    for (const configuration of someConfigurations(machine, 4)) {
      const doubled = { ...configuration, [sizeParameter]: 2 * Number(configuration[sizeParameter]) };
      expect(processingElements(doubled)).toBe(2 * processingElements(configuration));
      expect(lanes(doubled)).toBe(2 * lanes(configuration));
      expect(lanes(configuration)).toBeGreaterThan(0);
    }
  });

  describe("terms", () => {
    const layers = layersNamed(["plain", "depthwise", "linear", "strided"]);
    const terms = machineTerms(machine, drawn(layers, 0));
    const configurations = someConfigurations(machine, 24);
    const differs = ({ of }: MachineTerm, { from, to }: Change): boolean =>
      !isDeepStrictEqual(of(from), of(to));
    const isKept = ({ key: keyOf }: MachineTerm, { from, to }: Change): boolean => keyOf(from) === keyOf(to);
    const fails = ({ of }: MachineTerm, { from, to }: Change): boolean =>
      of(from) instanceof ModelError || of(to) instanceof ModelError;

    it("depend on no parameter but those of their lists", () => {
      const missing = new Set<string>();
      const mixed = withMixedPrecision(machine, configurations[1]);
      [mixed, ...configurations.slice(0, 13)].forEach((context, place) => {
        for (const parameter of parameters) {
          const ofMachine = runs(parameter);
          // Cycles take time: fewer configurations have to do.
          const asked = place < (ofMachine ? 5 : 2) ? terms : terms.filter(({ name }) => name !== "compute");
          const changes = changesOf(parameters, context, parameter);
          // One other value of what core/model reads tells whether the machine does.
          for (const change of ofMachine ? changes : changes.slice(0, 1)) {
            for (const term of asked) {
              if (!isKept(term, change) || !differs(term, change)) continue;
              // A design that fails asks for nothing more.
              const before = terms.slice(0, terms.indexOf(term));
              if (!before.some((earlier) => fails(earlier, change)))
                missing.add(`${term.name}: ${parameter.name}`);
            }
          }
        }
      });
      expect([...missing]).toEqual([]);
    });

    it("depend on every parameter of the machine", () => {
      const isDead = (parameter: ParameterDescriptor): boolean =>
        !configurations.some((context) =>
          changesOf(parameters, context, parameter).some((change) =>
            terms.some(
              (term) => term.name !== "statistics" && !isKept(term, change) && differs(term, change),
            ),
          ),
        );
      const dead = parameters.filter(
        (parameter) => !isSystem(parameter) && sampleValues(parameter).length > 1 && isDead(parameter),
      );
      expect(dead.map(({ name }) => name)).toEqual([]);
    });
  });

  it("keeps the contract of cycles, or refuses a layer by its name", () => {
    const gradients = machine.products
      .filter((product) => product !== "forward")
      .map((product): LayerShape => ({ ...layersNamed(["linear"])[0], name: product, product }));
    const layers = [...sampleLayers, ...gradients];
    const ran = new Set<string>();
    someConfigurations(machine, 4).forEach((configuration, round) => {
      drawn(layers, round).forEach((operands) => {
        const { layer } = operands;
        const where = JSON.stringify({ layer: layer.name, ...configuration });
        const run = (batch: number) =>
          valueOrError(() => runLayer(machine, { ...configuration, batch }, operands));
        const [once, twice] = [run(1), run(2)];
        expect(run(1), where).toEqual(once);
        for (const found of [once, twice]) {
          if (found instanceof ModelError) {
            expect(found.message, where).toContain(layer.name);
            continue;
          }
          ran.add(layer.name);
          expect(brokenContract(found), where).toEqual([]);
          expect(found.activePes, where).toBeGreaterThan(0);
          expect(found.activePes, where).toBeLessThanOrEqual(machine.processingElements(configuration));
          expect(found.analytical.cycles, where).toBeGreaterThan(0);
          expect(found.analytical.cycles + found.traced.pessimisticCycles, where).toBeLessThan(2 ** 53);
          const traffic = Object.values(machine.bufferTraffic(found.configuration, layer));
          expect(
            traffic.every((bytes) => bytes >= 0 && bytes < 2 ** 53),
            where,
          ).toBe(true);
          const least = Object.values(machine.leastBuffers(found.configuration, layer));
          expect(
            least.every((bytes) => bytes > 0 && bytes < 2 ** 53),
            where,
          ).toBe(true);
        }
        // The operands of a product of two activations belong to one input: a batch repeats all of it.
        if (layer.kind !== "matmul" || once instanceof ModelError || twice instanceof ModelError) return;
        expect(twice.traced.cycles / once.traced.cycles, where).toBeCloseTo(2, 9);
        expect(twice.analytical.cycles / once.analytical.cycles, where).toBeCloseTo(2, 9);
      });
    });
    expect([...ran]).toEqual(expect.arrayContaining(["plain", "depthwise", "linear", "attention"]));
  });

  it("takes its cycles from the operands only where it says so", () => {
    const blind = (statistics: LayerStatistics) => machine.dataBlind?.(statistics) ?? statistics;
    for (const configuration of someConfigurations(machine, 3)) {
      for (const layer of layersNamed(["plain", "linear"])) {
        const [first, second] = [0, 1].map((seed) =>
          valueOrError(() => runLayer(machine, configuration, sampleOperands(layer, seed))),
        );
        if (first instanceof ModelError || second instanceof ModelError) continue;
        const where = JSON.stringify({ layer: layer.name, ...configuration });
        if (machine.skips.length === 0) expect(second.traced, where).toEqual(first.traced);
        const [one, other] = [first, second].map(
          ({ statistics }) => machine.analyticalCycles(configuration, layer, blind(statistics)).cycles,
        );
        expect(other / one, where).toBeCloseTo(1, 9);
      }
    }
  });

  it("multiplies exactly", () => {
    const precision = String(standard.precision);
    const isFixed = parseFormat(precision).kind === "fixed";
    const configuration = configurationOf(parameters, { precision: isFixed ? precision : "fixed8" });
    const most = 2 ** (parseFormat(String(configuration.precision)).bits - 1) - 1;
    const uniform = streamOf(machine);
    for (let round = 0; round < 60; round++) {
      const length = 1 + Math.floor(150 * uniform());
      // Of all magnitudes alike, or of few bits.
      const code = (): number => Math.trunc((2 * uniform() - 1) * (round % 2 === 0 ? most + 1 : 8));
      const [weights, activations] = [0, 1].map(() => Int32Array.from({ length }, code));
      if (round === 0) for (const codes of [weights, activations]) codes.fill(-most);
      const exact = weights.reduce((sum, weight, index) => sum + weight * activations[index], 0);
      expect(machine.dotProduct(configuration, weights, activations) + 0).toBe(exact + 0);
    }
  });

  describe("statistics", () => {
    it("come back from memory as they were written, and nothing beside them changes", () => {
      for (const configuration of someConfigurations(machine, 3)) {
        for (const operands of drawn(layersNamed(["plain", "depthwise", "linear"]), 0)) {
          const { layer, activations } = operands;
          const request = machine.statistics(configuration, 1, 0);
          const statistics = statisticsOf(machine, configuration, operands);
          const shape = statisticsRule.shape(layer, request, activations.vectors);
          const bytes = statisticsRule.bytes(shape);
          expect(bytes % 8).toBe(0);
          const memory = new SharedArrayBuffer(bytes + 16);
          const all = new Uint8Array(memory).fill(85);
          statisticsRule.write(memory, 8, shape, statistics);
          expect(statisticsRule.read(memory, 8, shape)).toEqual(statistics);
          expect([...all.subarray(0, 8), ...all.subarray(8 + bytes)]).toEqual(new Array(16).fill(85));
        }
      }
    });

    it("depend on nothing of a layer's shape but what decides them", () => {
      const [layer] = layersNamed(["plain"]);
      const others: readonly Partial<LayerShape>[] = [
        { name: "other", biasParameters: 5 },
        { outputHeight: 1, inputHeight: 3 },
        { kernelHeight: 1, kernelWidth: 9, inputHeight: 3, inputWidth: 11 },
        { kernelHeight: 1, kernelWidth: 1, channels: 180, inputHeight: 3, inputWidth: 3 },
        { strideHeight: 2, inputHeight: 7 },
        { groups: 5, channels: 100 },
      ];
      const operands = sampleOperands(layer, 0);
      const statistics = statisticsOf(machine, standard, operands);
      const key = JSON.stringify(statisticsRule.decides(layer));
      for (const changes of others) {
        const other = { ...layer, ...changes };
        if (JSON.stringify(statisticsRule.decides(other)) !== key) continue;
        expect(statisticsOf(machine, standard, { ...operands, layer: other })).toEqual(statistics);
      }
    });
  });

  describe("costs", () => {
    it("are known, or named as unknown, from every source, and never 0", () => {
      const sources = choicesOf("costSource");
      expect(sources).not.toEqual([]);
      for (const costSource of sources) {
        for (const precision of choicesOf("precision")) {
          const configuration = settled(parameters, { ...standard, precision, costSource });
          const where = `${costSource} ${precision}`;
          const parts = valueOrError(() => machine.components(configuration, configuredTechnology));
          if (parts instanceof ModelError) {
            expect(parts.code, where).toBe("cost-source");
            continue;
          }
          expect(parts.length, where).toBeGreaterThan(0);
          expect(machine.nominalClock_GHz(configuration, configuredTechnology), where).toBeGreaterThan(0);
          for (const quantity of ["area_mm2", "dynamicCycle_J", "leakage_W"] as const) {
            const values = parts.map((part) => part[quantity]);
            const sum = values.reduce((total, value) => total + value, 0);
            expect(
              values.some((value) => value < 0),
              `${where}: ${quantity}`,
            ).toBe(false);
            expect(sum > 0 || Number.isNaN(sum), `${where}: ${quantity} ${sum}`).toBe(true);
          }
          for (const { name, source, mark } of parts) {
            expect(name, where).not.toBe("");
            expect(source, where).not.toBe("");
            expect(marks, where).toContain(mark);
          }
        }
      }
    });

    it("are there for the machine as it stands", () => {
      expect(designCosts(machine, standard, configuredTechnology).pes).toBe(
        machine.processingElements(standard),
      );
    });
  });
});
