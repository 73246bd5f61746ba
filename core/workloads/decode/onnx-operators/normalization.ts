import { showShape } from "../../shape.ts";
import {
  failNode,
  floatAttribute,
  integerAttribute,
  neededConstant,
  type Operator,
  type Operators,
  operand,
} from "./node-call.ts";

/** A batch normalization in inference, along axis 1. Its parameters must be constants whose factors are finite. */
const batchNormalization: Operator = (call) => {
  const value = operand(call, 0);
  const [scale, , , variance] = [1, 2, 3, 4].map((position) => neededConstant(call, position));
  if (integerAttribute(call, "spatial") === 0)
    failNode(call, "it normalizes each element (spatial is 0), which is not supported");
  if (integerAttribute(call, "training_mode") === 1) failNode(call, "it is in training mode");
  const channels = value.shape[1];
  if (scale.values.length !== channels || variance.values.length !== channels) {
    failNode(
      call,
      `${scale.values.length} scales and ${variance.values.length} variances for an input of ${showShape(value.shape)}`,
    );
  }
  const epsilon = floatAttribute(call, "epsilon") ?? 1e-5;
  const wrong = variance.values.findIndex(
    (entry, channel) => !Number.isFinite(scale.values[channel] / Math.sqrt(entry + epsilon)),
  );
  if (wrong >= 0) {
    failNode(
      call,
      `channel ${wrong} has the scale ${scale.values[wrong]} and the variance ${variance.values[wrong]}, expected a finite factor`,
    );
  }
  const normalization = { scale: scale.values, variance: variance.values, epsilon };
  return [call.builder.normalization(call.node.operator, value, 1, call.soleUse(0), normalization)];
};

/** Normalizations that are folded into the layer before them. */
export const foldedOperators: Operators = { BatchNormalization: batchNormalization };
