import { NetworkError } from "../../../errors.ts";
import type { OnnxGraph } from "../onnx-graph.ts";
import { operators } from "./operator-classes.ts";

const sized = "the size of its result depends on run-time values";
const sequence = "sequences of tensors are not supported";
const transform = "Fourier transforms are not modelled";

/** Why some operators of the standard domain are left out. */
const reasons: ReadonlyMap<string, string> = new Map([
  ["Compress", sized],
  ["ConcatFromSequence", sequence],
  ["DFT", transform],
  ["NonMaxSuppression", sized],
  ["NonZero", sized],
  ["SequenceAt", sequence],
  ["SequenceConstruct", sequence],
  ["SequenceEmpty", sequence],
  ["SequenceInsert", sequence],
  ["SequenceLength", sequence],
  ["SequenceMap", sequence],
  ["SplitToSequence", sequence],
  ["STFT", transform],
  ["Unique", sized],
]);

/** Operators listed in an error, before the rest is a number. */
const mostListed = 12;

interface Occurrence {
  count: number;
  readonly first: string;
}

const collect = (graph: OnnxGraph, found: Map<string, Occurrence>): void => {
  for (const node of graph.nodes) {
    for (const { graph: nested } of node.attributes.values())
      if (nested !== undefined) collect(nested, found);
    if (operators.has(node.operator)) continue;
    const before = found.get(node.operator);
    if (before === undefined) found.set(node.operator, { count: 1, first: node.name });
    else before.count++;
  }
};

/**
 * The error of a network with operators that are not understood: all of them, nested graphs included, each with how often
 * it is there, its first node and, where one is known, the reason.
 */
export const notUnderstood = (network: string, graph: OnnxGraph): NetworkError => {
  const found = new Map<string, Occurrence>();
  collect(graph, found);
  const listed = [...found].slice(0, mostListed).map(([operator, { count, first }]) => {
    const nodes = count === 1 ? `1 node, ${first}` : `${count} nodes, first ${first}`;
    const reason = reasons.get(operator);
    return `${operator} (${nodes}${reason === undefined ? "" : `: ${reason}`})`;
  });
  const more = found.size > mostListed ? `, and ${found.size - mostListed} more` : "";
  return new NetworkError(
    network,
    `${found.size === 1 ? "an operator is" : `${found.size} operators are`} not understood: ${listed.join(", ")}${more}`,
  );
};
