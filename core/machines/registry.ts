import { bitlet } from "./bitlet/bitlet.ts";
import type { Machine } from "./machine.ts";

/** Every machine by name. Adding one is a line here. */
export const machines: Readonly<Record<string, Machine>> = { bitlet };
