import { engineering } from "../table/engineering.ts";
import { weightsText } from "./profile-text.ts";
import type { WeightsProfile } from "./weights-profile.ts";

/** The bits of a file of weights for a terminal; `source` is the file as the user wrote it. */
export const weightsProfileText = (profile: WeightsProfile, source: string): string => {
  const { count, parameters } = profile.otherTensors;
  return [
    `${profile.network} (${source}), ${profile.format}`,
    "  weights alone: each tensor of two or more dimensions as a matrix [first, product of the others] on one vector",
    weightsText(profile),
    `Tensors of fewer dimensions or without elements, counted as parameters without bits: ${count}, with ${engineering(parameters)} parameters`,
  ].join("\n");
};
