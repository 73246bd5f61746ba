import { activationParameters } from "../activation-parameters.ts";
import type { ParameterDescriptor } from "../parameter.ts";
import { formatNames, precisionParameters } from "../precision-parameters.ts";
import { systemParametersWith } from "../system-parameters.ts";
import { tabledSourceParameter } from "../tabled-components.ts";
import { recodingParameter } from "../term-words.ts";
import { tileParameters, windowsParameter } from "../tile-organisation.ts";
import { backEnds } from "./configuration.ts";
import { searchT, shapes } from "./search-map.ts";

/** Parameters of the schedule and of what runs it. */
const tacticalParameters: readonly ParameterDescriptor[] = [
  {
    name: "searchShape",
    kind: "choice",
    choices: shapes,
    default: "T",
    description:
      "Where an empty lane looks for a weight: T, the published pattern for lookahead 2 and lookaside 5; L, the same lane of the next rows, and the lanes below of the next row.",
  },
  {
    name: "lookahead",
    kind: "integer",
    minimum: 1,
    maximum: 15,
    default: searchT.lookahead,
    activeWhen: { searchShape: ["L"] },
    description: "Rows ahead that a lane reaches; as many empty rows are skipped one behind the other.",
  },
  {
    name: "lookaside",
    kind: "integer",
    minimum: 1,
    maximum: 7,
    default: searchT.lookaside,
    activeWhen: { searchShape: ["L"] },
    description: "Other lanes that a lane reaches.",
  },
  {
    name: "backEnd",
    kind: "choice",
    choices: backEnds,
    default: "TCLe",
    description:
      "How activations are taken: TCLe, term by term as in Pragmatic; TCLp, bit by bit, as many as the widest of a step needs.",
  },
  {
    name: "firstStageBits",
    kind: "integer",
    minimum: 0,
    maximum: 4,
    default: 2,
    activeWhen: { backEnd: ["TCLe"] },
    description:
      "Bits of the first shifter stage: a lane waits while its lowest term lies 2^bits places or more above the lowest of its column. Four are no limit.",
  },
  { ...recodingParameter, activeWhen: { backEnd: ["TCLe"] } },
];

/** All parameters of Bit-Tactical; the defaults are the published machine. */
export const bitTacticalParameters: readonly ParameterDescriptor[] = [
  ...tileParameters,
  windowsParameter,
  ...tacticalParameters,
  ...precisionParameters(
    formatNames(({ kind, bits }) => kind === "fixed" && bits > 1 && bits <= 16),
    "fixed16",
  ),
  ...activationParameters,
  tabledSourceParameter,
  // Staggered columns ask for 4,096 weights of 19 bits and 256 activations of 16 bits each cycle.
  ...systemParametersWith({
    clock: 0.98,
    bufferBandwidth: 10_240,
    weightBuffer: 2048,
    activationBuffer: 2048,
    outputBuffer: 2048,
  }),
];
