import { bitTacticalChecks } from "./bit-tactical.ts";
import { bitletBbsChecks } from "./bitlet-bbs.ts";
import { bitvertChecks } from "./bitvert.ts";
import { dadiannaoChecks } from "./dadiannao.ts";
import { eyerissChecks } from "./eyeriss.ts";
import { laconicChecks } from "./laconic.ts";
import { micro21Checks } from "./micro21.ts";
import { pragmaticChecks } from "./pragmatic.ts";
import type { Published, PublishedCheck } from "./published-check.ts";
import { recodingChecks } from "./recoding.ts";
import { scnnChecks } from "./scnn.ts";
import { stepRuleChecks, stepRuleMachines } from "./step-rules.ts";
import { stripesChecks } from "./stripes.ts";

/** Checks that are made together, and the machines that they are about. */
export interface CheckSource {
  readonly machines: readonly string[];
  readonly checks: (published: Published) => Promise<readonly PublishedCheck[]>;
}

/** Every check against published numbers. Those of a machine are a line here. */
export const allChecks: readonly CheckSource[] = [
  { machines: ["bitlet", "eyeriss", "scnn", "stripes", "laconic", "gpu"], checks: micro21Checks },
  { machines: ["dadiannao"], checks: dadiannaoChecks },
  { machines: ["eyeriss"], checks: eyerissChecks },
  { machines: ["scnn"], checks: scnnChecks },
  { machines: ["stripes"], checks: stripesChecks },
  { machines: ["pragmatic"], checks: pragmaticChecks },
  { machines: ["pragmatic"], checks: recodingChecks },
  { machines: ["laconic"], checks: laconicChecks },
  { machines: ["bit-tactical"], checks: bitTacticalChecks },
  { machines: ["bitvert"], checks: bitvertChecks },
  { machines: ["bitlet-bbs"], checks: bitletBbsChecks },
  { machines: stepRuleMachines, checks: stepRuleChecks },
];
