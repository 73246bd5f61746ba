import { ModelError } from "../../core/errors.ts";
import type { Evidence } from "../../core/technology/component.ts";
import { Annotated, type YamlData, yamlText } from "../spec/document.ts";
import type { BufferPart, DesignHierarchy, DramPart, Part } from "./design-hierarchy.ts";
import { evidenceComment, originComment } from "./hierarchy-comment.ts";

/** The version of Accelergy's formats that is written. */
const formatVersion = 0.4;

/** What Accelergy wants of a design, as the texts of its files by name. */
export interface AccelergyFiles {
  readonly "architecture.yaml": string;
  readonly "ERT.yaml": string;
  readonly "ART.yaml": string;
}

/**
 * A design as an architecture of Accelergy with its energy and area reference tables: energies in pJ an action, areas in
 * um2 an instance. Actions on a memory are accesses of its `width`; `leak` is counted once a cycle of the clock.
 */
export const accelergyFiles = (hierarchy: DesignHierarchy): AccelergyFiles => {
  checkKnown(hierarchy);
  return filesOf(hierarchy);
};

/** Throws ModelError `unpublished` where nobody published what a table has to hold. */
const checkKnown = ({ machine, components }: DesignHierarchy): void => {
  const known = components.every(
    ({ area_mm2, actions }) =>
      !Number.isNaN(area_mm2) && actions.every(({ energy_J }) => !Number.isNaN(energy_J)),
  );
  if (known) return;
  throw new ModelError(
    "unpublished",
    `${machine}: its area or its power was not published; Accelergy's tables need both`,
  );
};

const filesOf = (hierarchy: DesignHierarchy): AccelergyFiles => ({
  "architecture.yaml": yamlText(architecture(hierarchy), [
    ...originComment(hierarchy),
    "",
    ...channelComment(hierarchy.dram),
    "Classes of the processing element are those of the machine: ERT.yaml and ART.yaml hold their costs, Accelergy has no estimator for them.",
    "Left out, as in bitfront: the network on chip, the controller and the pads.",
  ]),
  "ERT.yaml": yamlText(energyTable(hierarchy), [
    ...originComment(hierarchy),
    "",
    "Energy in pJ of an action of one instance.",
    `DRAM and buffers: read and write are accesses of the width in architecture.yaml, ${hierarchy.dram.accessBits} bits of DRAM; update costs a write; leak is a cycle of the clock, of a channel with its background power, of a buffer with all of its banks.`,
    "Processing elements: compute is a busy cycle, idle a cycle of waiting with work in the layer, each beside leak, which is every cycle.",
    ...channelComment(hierarchy.dram),
  ]),
  "ART.yaml": yamlText(areaTable(hierarchy), [
    ...originComment(hierarchy),
    "",
    "Area in um2 of one instance; a buffer is one instance with all of its banks.",
  ]),
});

const channelComment = ({ channels, burstBytes }: DramPart): string[] => [
  `DRAM has ${channels} channels: [0] for weights, [1] for activations, outputs, spilled partial sums and operations without multiply-accumulates. Traffic comes in bursts of ${burstBytes} B.`,
];

const system = "system";
const chip = "chip";

const list = (name: string, instances: number): string => `${name}[0..${instances - 1}]`;

const architecture = (hierarchy: DesignHierarchy): YamlData => {
  const { machine, configuration, buffers, pes, components } = hierarchy;
  const asParameters = ["precision", "laneWidth"].filter((name) => configuration[name] !== undefined);
  return {
    architecture: {
      version: formatVersion,
      subtree: [
        {
          name: system,
          attributes: {
            technology: `${hierarchy.node_nm}nm`,
            global_cycle_seconds: 1 / (hierarchy.clock_GHz * 1e9),
          },
          local: [dramNode(hierarchy)],
          subtree: [
            {
              name: chip,
              local: buffers.map(bufferNode),
              subtree: [
                {
                  name: list("PE", pes),
                  attributes: Object.fromEntries(asParameters.map((name) => [name, configuration[name]])),
                  local: components.map(({ name }) => ({ name, class: `${machine}_${name}` })),
                },
              ],
            },
          ],
        },
      ],
    },
  };
};

const dramNode = ({ dram, activationBits }: DesignHierarchy): YamlData => ({
  name: list(dram.name, dram.channels),
  class: "DRAM",
  attributes: {
    type: dram.type,
    width: dram.accessBits,
    datawidth: activationBits,
    burst_bytes: dram.burstBytes,
    bandwidth_GBs: dram.bandwidth_GBs,
  },
});

const bufferNode = ({
  name,
  capacity_KiB,
  portBits,
  banks,
  wordBits,
  bandwidth_GBs,
}: BufferPart): YamlData => ({
  name,
  class: "SRAM",
  attributes: {
    depth: Math.floor((capacity_KiB * 8192) / portBits),
    width: portBits,
    datawidth: wordBits,
    n_banks: banks,
    capacity_KiB,
    bandwidth_GBs,
  },
});

/** Every part under its full name, in the order of the architecture. */
const namedParts = ({ dram, buffers, pes, components }: DesignHierarchy): (readonly [string, Part])[] => [
  [`${system}.${list(dram.name, dram.channels)}`, dram],
  ...buffers.map((buffer) => [`${system}.${chip}.${buffer.name}`, buffer] as const),
  ...components.map(
    (component) => [`${system}.${chip}.${list("PE", pes)}.${component.name}`, component] as const,
  ),
];

const energyTable = (hierarchy: DesignHierarchy): YamlData => ({
  ERT: {
    version: formatVersion,
    tables: namedParts(hierarchy).map(
      ([name, part]) =>
        new Annotated(
          {
            name,
            actions: part.actions.map((action) => ({
              name: action.name,
              arguments: {},
              energy: action.energy_J * 1e12,
            })),
          },
          { comment: actionComments(part) },
        ),
    ),
  },
});

/** A line for each source of a part's actions. */
const actionComments = ({ actions }: Part): string[] => {
  const same = (left: Evidence, right: Evidence): boolean =>
    left.mark === right.mark && left.source === right.source;
  return actions
    .filter((action, index) => actions.findIndex((other) => same(other, action)) === index)
    .map((action) => {
      const subjects = actions.filter((other) => same(other, action)).map(({ name }) => name);
      return evidenceComment(subjects.join(", "), action);
    });
};

const areaTable = (hierarchy: DesignHierarchy): YamlData => ({
  ART: {
    version: formatVersion,
    tables: namedParts(hierarchy).map(
      ([name, { area_mm2, areaEvidence }]) =>
        new Annotated({ name, area: area_mm2 * 1e6 }, { comment: [evidenceComment("area", areaEvidence)] }),
    ),
  },
});
