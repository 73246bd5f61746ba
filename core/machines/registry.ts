import { bitFusion } from "./bit-fusion.ts";
import { bitSerial } from "./bit-serial/bit-serial.ts";
import { bitTactical } from "./bit-tactical/bit-tactical.ts";
import { bitlet } from "./bitlet/bitlet.ts";
import { bitletX } from "./bitlet/bitlet-x.ts";
import { bitletBbs } from "./bitlet-bbs/bitlet-bbs.ts";
import { bitvert } from "./bitvert/bitvert.ts";
import { bitwave } from "./bitwave/bitwave.ts";
import { dadiannao } from "./dadiannao.ts";
import { eyeriss } from "./eyeriss/eyeriss.ts";
import { laconic } from "./laconic/laconic.ts";
import type { LayerStatistics, StatisticsRequest, StatisticsRule } from "./layer-statistics.ts";
import { macArray } from "./mac-array.ts";
import type { Machine } from "./machine.ts";
import { pragmatic } from "./pragmatic/pragmatic.ts";
import { scnn } from "./scnn/scnn.ts";
import { stripes } from "./stripes.ts";
import { stripesBbs } from "./stripes-bbs.ts";

/** Every machine by name. Adding one is a line here. */
export const machines: Readonly<Record<string, Machine>> = {
  bitlet,
  "bitlet-x": bitletX,
  dadiannao,
  "mac-array": macArray,
  "bit-serial": bitSerial,
  stripes,
  pragmatic,
  laconic,
  "bit-tactical": bitTactical,
  eyeriss,
  scnn,
  "bit-fusion": bitFusion,
  bitwave,
  bitvert,
  "bitlet-bbs": bitletBbs,
  "stripes-bbs": stripesBbs,
};

/** The rule of every kind of statistics that a machine asks for, by kind. */
export const statisticsRules: Readonly<Record<string, StatisticsRule<StatisticsRequest, LayerStatistics>>> =
  Object.fromEntries(
    Object.values(machines).map(({ statisticsRule }) => [statisticsRule.kind, statisticsRule]),
  );
