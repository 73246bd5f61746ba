import { failNode, type NodeCall } from "./node-call.ts";

/**
 * Signatures of the operators of the standard domain that are understood, wherever operator sets 7 to 24 change them: the
 * version that the signature holds from, names, operands (`?` may be absent, `*` any number of them), and behind the bar
 * the attributes. Source: the registry of ONNX 1.19 (docs/Changelog.md). Versions that only admit more element types
 * change nothing here and are left out.
 */
const table = `
7: Abs Acos Asin Atan Ceil Cos Exp Floor GlobalAveragePool GlobalMaxPool Identity Log Neg Not Reciprocal Relu: X
7: Sigmoid Sin Size Softplus Softsign Sqrt Tan Tanh: X
9: Acosh Asinh Atanh Cosh Erf IsNaN Sign Sinh: X
7: Add And Div Equal Greater Less MatMul Mul Or Pow Sub Xor: A B
7: ArgMax ArgMin: data | axis keepdims
12: ArgMax ArgMin: data | axis keepdims select_last_index
7: AveragePool: X | auto_pad count_include_pad kernel_shape pads strides
10: AveragePool: X | auto_pad ceil_mode count_include_pad kernel_shape pads strides
19: AveragePool: X | auto_pad ceil_mode count_include_pad dilations kernel_shape pads strides
7: BatchNormalization: X scale B mean var | epsilon momentum spatial
9: BatchNormalization: X scale B mean var | epsilon momentum
14: BatchNormalization: X scale B input_mean input_var | epsilon momentum training_mode
11: BitShift: X Y | direction
18: BitwiseAnd BitwiseOr BitwiseXor: A B
18: BitwiseNot Mish: X
7: Cast: input | to
19: Cast: input | saturate to
24: Cast: input | round_mode saturate to
15: CastLike: input target_type
19: CastLike: input target_type | saturate
24: CastLike: input target_type | round_mode saturate
12: Celu: X | alpha
7: Clip: input | max min
11: Clip: input min? max?
7: Concat: inputs* | axis
7: Constant: | value
11: Constant: | sparse_value value
12: Constant: | sparse_value value value_float value_floats value_int value_ints value_string value_strings
9: ConstantOfShape: input | value
7: Conv: X W B? | auto_pad dilations group kernel_shape pads strides
10: ConvInteger: x w x_zero_point? w_zero_point? | auto_pad dilations group kernel_shape pads strides
7: ConvTranspose: X W B? | auto_pad dilations group kernel_shape output_padding output_shape pads strides
11: CumSum: x axis | exclusive reverse
19: DeformConv: X W offset B? mask? | dilations group kernel_shape offset_group pads strides
7: DepthToSpace: input | blocksize
11: DepthToSpace: input | blocksize mode
10: DequantizeLinear: x x_scale x_zero_point?
13: DequantizeLinear: x x_scale x_zero_point? | axis
21: DequantizeLinear: x x_scale x_zero_point? | axis block_size
23: DequantizeLinear: x x_scale x_zero_point? | axis block_size output_dtype
7: Dropout: data | ratio
12: Dropout: data ratio? training_mode? | seed
11: DynamicQuantizeLinear Round: x
12: Einsum: Inputs* | equation
7: Elu LeakyRelu: X | alpha
8: Expand: input shape
9: EyeLike: input | dtype k
7: Flatten Hardmax LogSoftmax Softmax: input | axis
7: GRU: X W R B? sequence_lens? initial_h? | activation_alpha activation_beta activations clip direction hidden_size linear_before_reset
14: GRU: X W R B? sequence_lens? initial_h? | activation_alpha activation_beta activations clip direction hidden_size layout linear_before_reset
7: Gather: data indices | axis
11: GatherElements: data indices | axis
11: GatherND: data indices
12: GatherND: data indices | batch_dims
20: Gelu: X | approximate
7: Gemm: A B C | alpha beta transA transB
11: Gemm: A B C? | alpha beta transA transB
7: GlobalLpPool: X | p
12: GreaterOrEqual LessOrEqual: A B
16: GridSample: X grid | align_corners mode padding_mode
18: GroupNormalization: X scale bias | epsilon num_groups
21: GroupNormalization: X scale bias | epsilon num_groups stash_type
7: HardSigmoid: X | alpha beta
14: HardSwish: X
7: If: cond | else_branch then_branch
7: InstanceNormalization: input scale B | epsilon
10: IsInf: X | detect_negative detect_positive
7: LRN: X | alpha beta bias size
7: LSTM: X W R B? sequence_lens? initial_h? initial_c? P? | activation_alpha activation_beta activations clip direction hidden_size input_forget
14: LSTM: X W R B? sequence_lens? initial_h? initial_c? P? | activation_alpha activation_beta activations clip direction hidden_size input_forget layout
17: LayerNormalization: X Scale B? | axis epsilon stash_type
7: Loop: M? cond? v_initial* | body
7: LpNormalization: input | axis p
7: LpPool: X | auto_pad kernel_shape p pads strides
18: LpPool: X | auto_pad ceil_mode dilations kernel_shape p pads strides
10: MatMulInteger: A B a_zero_point? b_zero_point?
7: Max Mean Min Sum: data*
7: MaxPool: X | auto_pad kernel_shape pads strides
8: MaxPool: X | auto_pad kernel_shape pads storage_order strides
10: MaxPool: X | auto_pad ceil_mode dilations kernel_shape pads storage_order strides
7: MaxRoiPool: X rois | pooled_shape spatial_scale
9: MaxUnpool: X I output_shape? | kernel_shape pads strides
9: MeanVarianceNormalization: X | axes
10: Mod: A B | fmod
9: OneHot: indices depth values | axis
7: PRelu: X slope
7: Pad: data | mode pads value
11: Pad: data pads constant_value? | mode
18: Pad: data pads constant_value? axes? | mode
10: QLinearConv: x x_scale x_zero_point w w_scale w_zero_point y_scale y_zero_point B? | auto_pad dilations group kernel_shape pads strides
10: QLinearMatMul: a a_scale a_zero_point b b_scale b_zero_point y_scale y_zero_point
10: QuantizeLinear: x y_scale y_zero_point?
13: QuantizeLinear: x y_scale y_zero_point? | axis
19: QuantizeLinear: x y_scale y_zero_point? | axis saturate
21: QuantizeLinear: x y_scale y_zero_point? | axis block_size output_dtype saturate
23: QuantizeLinear: x y_scale y_zero_point? | axis block_size output_dtype precision saturate
23: RMSNormalization: X scale | axis epsilon stash_type
7: RNN: X W R B? sequence_lens? initial_h? | activation_alpha activation_beta activations clip direction hidden_size
14: RNN: X W R B? sequence_lens? initial_h? | activation_alpha activation_beta activations clip direction hidden_size layout
7: RandomNormal: | dtype mean scale seed shape
7: RandomNormalLike: input | dtype mean scale seed
7: RandomUniform: | dtype high low seed shape
7: RandomUniformLike: input | dtype high low seed
11: Range: start limit delta
7: ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare: data | axes keepdims
13: ReduceSum: data axes? | keepdims noop_with_empty_axes
18: ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSumSquare: data axes? | keepdims noop_with_empty_axes
7: Reshape: data shape
14: Reshape: data shape | allowzero
10: Resize: X scales | mode
11: Resize: X roi scales sizes? | coordinate_transformation_mode cubic_coeff_a exclude_outside extrapolation_value mode nearest_mode
13: Resize: X roi? scales? sizes? | coordinate_transformation_mode cubic_coeff_a exclude_outside extrapolation_value mode nearest_mode
18: Resize: X roi? scales? sizes? | antialias axes coordinate_transformation_mode cubic_coeff_a exclude_outside extrapolation_value keep_aspect_ratio_policy mode nearest_mode
10: ReverseSequence: input sequence_lens | batch_axis time_axis
10: RoiAlign: X rois batch_indices | mode output_height output_width sampling_ratio spatial_scale
16: RoiAlign: X rois batch_indices | coordinate_transformation_mode mode output_height output_width sampling_ratio spatial_scale
8: Scan: sequence_lens? initial_state_and_scan_inputs* | body directions num_scan_inputs
9: Scan: initial_state_and_scan_inputs* | body num_scan_inputs scan_input_axes scan_input_directions scan_output_axes scan_output_directions
9: Scatter: data indices updates | axis
11: Scatter: deprecated
11: ScatterElements: data indices updates | axis
16: ScatterElements: data indices updates | axis reduction
11: ScatterND: data indices updates
16: ScatterND: data indices updates | reduction
7: Selu: X | alpha gamma
7: Shape: data
15: Shape: data | end start
9: Shrink: input | bias lambd
7: Slice: data | axes ends starts
10: Slice: data starts ends axes? steps?
7: SpaceToDepth: input | blocksize
7: Split: input | axis split
13: Split: input split? | axis
18: Split: input split? | axis num_outputs
7: Squeeze: data | axes
13: Squeeze: data axes?
24: Swish: X | alpha
10: ThresholdedRelu: X | alpha
7: Tile: input repeats
7: TopK: X | axis k
10: TopK: X K | axis
11: TopK: X K | axis largest sorted
7: Transpose: data | perm
14: Trilu: input k? | upper
7: Unsqueeze: data | axes
13: Unsqueeze: data axes
7: Upsample: X | mode scales
9: Upsample: X scales | mode
10: Upsample: deprecated
9: Where: condition X Y
`;

/** An operator's operands and attributes from a version on; a version that takes the operator away has neither. */
interface Signature {
  readonly since: number;
  readonly deprecated: boolean;
  readonly operands: readonly string[];
  readonly attributes: ReadonlySet<string>;
}

const words = (text: string): string[] => text.split(" ").filter((word) => word !== "");

const parseTable = (): ReadonlyMap<string, readonly Signature[]> => {
  const signatures = new Map<string, Signature[]>();
  for (const line of table.trim().split("\n")) {
    const [since, names, content] = line.split(":");
    const [operands, attributes = ""] = content.split("|");
    const signature: Signature = {
      since: Number(since),
      deprecated: content.trim() === "deprecated",
      operands: words(operands),
      attributes: new Set(words(attributes)),
    };
    for (const name of words(names)) signatures.set(name, [...(signatures.get(name) ?? []), signature]);
  }
  return signatures;
};

const signatures = parseTable();

/** The first operator set, from 7 on, that has an operator; undefined for one that is not in the table. */
export const sinceOpset = (operator: string): number | undefined => signatures.get(operator)?.[0].since;

/**
 * Asks that a node is one of the operator sets that its file declares: that they have its operator, all operands that it
 * needs, no more operands, and each of its attributes. What has moved from an attribute to an operand is thereby read
 * from the one place where it may stand. Throws a NetworkError that names what is wrong and the versions.
 */
export const checkSignature = (call: NodeCall): void => {
  const { node, opset } = call;
  const versions = signatures.get(node.operator) ?? [];
  const signature = versions.findLast(({ since }) => since <= opset);
  if (signature === undefined) {
    failNode(
      call,
      `this operator is there from operator set ${versions[0]?.since} on, the file declares ${opset}`,
    );
    return;
  }
  if (signature.deprecated)
    failNode(
      call,
      `this operator is not there from operator set ${signature.since} on, the file declares ${opset}`,
    );
  const foreign = [...node.attributes.keys()].find((name) => !signature.attributes.has(name));
  if (foreign !== undefined)
    failNode(
      call,
      `operator set ${opset} does not define its attribute ${foreign}${whereDefined(versions, foreign)}`,
    );
  const { operands } = signature;
  const variadic = operands.at(-1)?.endsWith("*") ?? false;
  const given = node.inputs.findLastIndex((name) => name !== "") + 1;
  if (given > operands.length && !variadic) {
    failNode(
      call,
      `it has ${given} operands, operator set ${opset} defines ${operands.length === 0 ? "none" : operands.join(", ")}`,
    );
  }
  const missing = operands.findIndex((name, position) => /\w$/.test(name) && !node.inputs[position]);
  if (missing >= 0)
    failNode(call, `operand ${missing + 1} (${operands[missing]}) of operator set ${opset} is missing`);
};

const whereDefined = (versions: readonly Signature[], attribute: string): string => {
  const first = versions.findIndex(({ attributes }) => attributes.has(attribute));
  if (first < 0) return "";
  const next = versions.slice(first).find(({ attributes }) => !attributes.has(attribute));
  return `; ${versions[first].since}${next === undefined ? " and later" : ` to ${next.since - 1}`} do`;
};
