import type { BitletConfiguration } from "./configuration.ts";

/** What the results of a configuration rest on that no RTL or publication has verified. */
export const caveats = (configuration: BitletConfiguration): string[] => [
  ...timingCaveats(configuration),
  ...(configuration.format.kind === "float" && configuration.format.bits < 32
    ? [
        `${configuration.format.name} runs as the float32 of the same values, from the top of the 24 planes, which is our decision.`,
      ]
    : []),
  ...(configuration.packing > 1
    ? [
        `The published RTL does not pack: ${configuration.packing} filters that share the channels of a processing element are an assumption, in time, area and energy.`,
      ]
    : []),
];

const timingCaveats = ({ pipeline, timing, distillation }: BitletConfiguration): string[] => {
  if (pipeline === "published") return ["Timing is the paper's formula, which leaves out the check window."];
  const { laneWidth, inputPorts, window } = timing;
  const entries = Math.log2(laneWidth / inputPorts);
  const verified = Number.isInteger(entries) && entries >= 1 && (window === 8 || !distillation);
  return [
    ...(verified
      ? []
      : [
          "Timing is extrapolated: verified are a window of 8 and laneWidth / inputPorts a power of two of at least 2.",
        ]),
    ...(pipeline === "overlapped" ? ["The double-buffered front end is in no published RTL."] : []),
  ];
};
