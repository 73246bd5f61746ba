import { type Format, parseFormat } from "../../numerics/formats.ts";
import type { Recoding } from "../../numerics/recoding.ts";
import type { Configuration } from "../parameter.ts";
import { type TileOrganisation, tileOrganisation } from "../tile-organisation.ts";
import type { Search, Shape } from "./search-map.ts";

/** What takes the activations of the scheduled weights: term by term (TCLe), or bit by bit in the width they need (TCLp). */
export const backEnds = ["TCLe", "TCLp"] as const;
export type BackEnd = (typeof backEnds)[number];

/** A configuration of the machine, read out. */
export interface TacticalConfiguration {
  readonly format: Format;
  readonly organisation: TileOrganisation;
  readonly search: Search;
  readonly backEnd: BackEnd;
  readonly firstStageBits: number;
  readonly recoding: Recoding;
}

/** Where an assignment of the machine's parameters is read. */
export const tacticalConfiguration = (configuration: Configuration): TacticalConfiguration => ({
  format: parseFormat(String(configuration.precision)),
  organisation: tileOrganisation(configuration),
  search: {
    shape: configuration.searchShape as Shape,
    lookahead: Number(configuration.lookahead),
    lookaside: Number(configuration.lookaside),
  },
  backEnd: configuration.backEnd as BackEnd,
  firstStageBits: Number(configuration.firstStageBits),
  recoding: configuration.recoding as Recoding,
});
