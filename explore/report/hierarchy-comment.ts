import type { Evidence } from "../../core/technology/component.ts";
import { version } from "../version.ts";
import type { DesignHierarchy } from "./design-hierarchy.ts";

/** What every exported file says of itself: where it comes from, on which design it is, how far to trust it. */
export const originComment = (hierarchy: DesignHierarchy): string[] => {
  const { key, sweep, machine, citation, configuration, voltage, mark } = hierarchy;
  const parameters = Object.entries(configuration).map(([name, value]) => `${name} ${value}`);
  return [
    `Made by bitfront ${version}: design ${key} of sweep ${sweep}.`,
    `Machine ${machine}: ${citation}`,
    `Parameters: ${parameters.join(", ")}.`,
    `Supply voltage of the processing elements: ${Number(voltage.toFixed(4))} of the nominal one.`,
    `Costs are nominal; the weakest mark of all is "${mark}". Marks, best first: stated in the source, measured, derived, our decision, remembered (that is unchecked).`,
  ].map(withoutTemplates);
};

/** Where a number comes from, after the name of what it is on. */
export const evidenceComment = (subject: string, { source, mark }: Evidence): string =>
  withoutTemplates(`${subject} [${mark}]: ${source}`);

/** Accelergy and Timeloop take their files for Jinja templates, comments too: what opens one is kept apart. */
const withoutTemplates = (text: string): string => text.replace(/\{(?=[{%#])/g, "{ ");
