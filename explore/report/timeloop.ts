import { parseFormat } from "../../core/numerics/formats.ts";
import { Annotated, type YamlData, yamlText } from "../spec/document.ts";
import type { BufferPart, DesignHierarchy } from "./design-hierarchy.ts";
import { originComment } from "./hierarchy-comment.ts";

/** The version of Timeloop's architecture that is written. */
const formatVersion = 0.4;

/** Timeloop's names of the operands of a layer. */
const dataspaces = { weights: "Weights", activations: "Inputs", outputs: "Outputs" } as const;

/**
 * A design as an architecture of Timeloop: DRAM, the three buffers side by side, and the processing elements, each with
 * one multiply–accumulate unit in its place. Bandwidths are words a cycle. What Timeloop cannot say, the header does.
 */
export const timeloopArchitecture = (hierarchy: DesignHierarchy): string => {
  const { machine, configuration, node_nm, clock_GHz, buffers, pes } = hierarchy;
  const { laneWidth } = configuration;
  return yamlText(
    {
      architecture: {
        version: formatVersion,
        nodes: [
          node("Container", {
            name: "system",
            attributes: {
              technology: `${node_nm}nm`,
              global_cycle_seconds: 1 / (clock_GHz * 1e9),
            },
          }),
          node("Component", dram(hierarchy)),
          node("Container", { name: "chip" }),
          node("Parallel", {
            nodes: buffers.map((part) => node("Component", buffer(part, clock_GHz))),
          }),
          node("Container", {
            name: "PE",
            spatial: { meshX: pes },
            ...(laneWidth === undefined ? {} : { attributes: { laneWidth } }),
          }),
          node("Component", computeUnit(hierarchy)),
        ],
      },
    },
    [
      ...originComment(hierarchy),
      "",
      "For Timeloop's Python front end (version 0.4). Operands are those of its CNN layers: Weights, Inputs, Outputs. Bandwidths are words of datawidth bits a cycle. Mapping is left to Timeloop.",
      "What this file cannot say, so that Timeloop's results are not bitfront's:",
      `1. The cycles of ${machine} depend on the bits of the weights. ${standIn(laneWidth)}`,
      "2. Processing elements that wait for one another, and what a group costs before and after its bits, are left out.",
      "3. Weights have a DRAM channel of their own in the design. Here one memory holds everything, with the bandwidth of all channels, which any operand may take.",
      "4. The design's buffers share one path to the processing elements. Here each has all of that bandwidth.",
      "5. An operand that fits its buffer whole needs no double buffering in bitfront. Here every buffer is halved.",
      `6. DRAM counts every operand in words of activations, ${hierarchy.activationBits} bits; weights have ${hierarchy.weightBits} in the design.`,
      "7. No energy or area is given. ERT.yaml and ART.yaml of `bitfront export --format accelergy` name DRAM and buffers as this file does; they hold nothing for the multiply-accumulate unit, whose energy is not that of a processing element.",
      "Where words do not fill a port, width is what they fill of it, and depth makes up for it.",
    ],
  );
};

const standIn = (laneWidth: string | number | undefined): string =>
  laneWidth === undefined
    ? "One multiply-accumulate a cycle stands for a processing element."
    : `A processing element takes ${laneWidth} weight-activation pairs as a group, for as many cycles as the fullest bit plane asks. One multiply-accumulate a cycle stands for it: about the rate of a group without a zero bit. What zero bits save is missing.`;

const node = (kind: "Container" | "Component" | "Parallel", value: YamlData): Annotated =>
  new Annotated(value, { tag: `!${kind}` });

/** Width of an access in whole words, and the words of it. */
const blockOf = (
  accessBits: number,
  wordBits: number,
): { readonly width: number; readonly words: number } => {
  const words = Math.max(1, Math.floor(accessBits / wordBits));
  return { width: words * wordBits, words };
};

const wordsPerCycle = (bandwidth_GBs: number, clock_GHz: number, wordBits: number): number =>
  (8 * bandwidth_GBs) / clock_GHz / wordBits;

const dram = ({ dram: part, activationBits, clock_GHz }: DesignHierarchy): YamlData => {
  const { width, words } = blockOf(part.accessBits, activationBits);
  return {
    name: part.name,
    class: "DRAM",
    attributes: {
      type: part.type,
      width,
      datawidth: activationBits,
      block_size: words,
      shared_bandwidth: wordsPerCycle(part.channels * part.bandwidth_GBs, clock_GHz, activationBits),
    },
  };
};

const buffer = (
  { name, operand, capacity_KiB, portBits, banks, wordBits, bandwidth_GBs }: BufferPart,
  clock_GHz: number,
): YamlData => {
  const { width, words } = blockOf(portBits, wordBits);
  const bandwidth = wordsPerCycle(bandwidth_GBs, clock_GHz, wordBits);
  const others = Object.entries(dataspaces).filter(([other]) => other !== operand);
  return {
    name,
    class: "SRAM",
    attributes: {
      depth: Math.floor((capacity_KiB * 8192) / width),
      width,
      datawidth: wordBits,
      block_size: words,
      n_banks: banks,
      multiple_buffering: 2,
      read_bandwidth: bandwidth,
      write_bandwidth: bandwidth,
    },
    constraints: {
      dataspace: { keep: [dataspaces[operand]], bypass: others.map(([, name]) => name) },
    },
  };
};

/** The multiply–accumulate unit that stands for a processing element. */
const computeUnit = ({ configuration, weightBits, buffers }: DesignHierarchy): YamlData => {
  const { precision } = configuration;
  const format = precision === undefined ? undefined : parseFormat(String(precision));
  return format?.kind === "float"
    ? {
        name: "mac",
        class: "fpmac",
        attributes: {
          datawidth: format.bits,
          exponent: format.bits - format.magnitudeBits,
          mantissa: format.magnitudeBits,
        },
      }
    : {
        name: "mac",
        class: "intmac",
        attributes: {
          datawidth: weightBits,
          multiplier_width: weightBits,
          adder_width: buffers[2].wordBits,
        },
      };
};
