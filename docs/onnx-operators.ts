import { leastOpset } from "../core/workloads/decode/onnx-model.ts";
import {
  type OperatorClass,
  operatorClasses,
} from "../core/workloads/decode/onnx-operators/operator-classes.ts";
import { sinceOpset } from "../core/workloads/decode/onnx-operators/signatures.ts";
import { markdownTable } from "./markdown.ts";

const meaning: Readonly<Record<OperatorClass, string>> = {
  layers: "layers with multiply–accumulates",
  movements: "movements: results are stored, nothing is multiplied",
  "element-wise": "fused into what they act on; a movement where they join two tensors",
  free: "free: views, casts, and what is computed before run time",
  "control flow": "followed before run time",
};

/** An operator, with the first operator set that has it where that is not all of them. */
const written = (operator: string): string => {
  const since = sinceOpset(operator) ?? leastOpset;
  return since === leastOpset ? operator : `${operator} (${since})`;
};

/** The generated part of onnx.md: every ONNX operator that is understood, by what it becomes. */
export const operatorTable = (): string =>
  markdownTable(
    [
      ["becomes", "operators"],
      ...Object.entries(meaning).map(([name, text]) => [
        text,
        operatorClasses[name as OperatorClass].map(written).join(", "),
      ]),
    ],
    [0, 1],
  );
