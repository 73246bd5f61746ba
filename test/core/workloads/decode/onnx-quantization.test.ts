import fc from "fast-check";
import { expect, test } from "vitest";
import { macs, parameters } from "../../../../core/workloads/layer.ts";
import { decodeGraph } from "../../../fixtures/decode-graph.ts";
import type { WrittenNode, WrittenTensor } from "../../../fixtures/onnx-writer.ts";

const tensor = (
  name: string,
  type: WrittenTensor["type"],
  values: readonly number[],
  shape: readonly number[] = values.length === 1 ? [] : [values.length],
): WrittenTensor => ({ name, type, shape, values });

/** A product of `x` [1, rows] with the result `w` of nodes on constants. */
const weightsOf = (
  rows: number,
  nodes: readonly WrittenNode[],
  tensors: readonly WrittenTensor[],
  opset = 21,
) =>
  decodeGraph(
    {
      inputs: { x: [1, rows] },
      outputs: ["y"],
      nodes: [...nodes, { operator: "MatMul", name: "product", inputs: ["x", "w"], outputs: ["y"] }],
      tensors,
    },
    opset,
  ).layers[0].weights;

const dequantize = (
  operands: readonly string[],
  attributes: WrittenNode["attributes"] = {},
): WrittenNode => ({
  operator: "DequantizeLinear",
  name: "dequantize",
  inputs: operands,
  outputs: ["w"],
  attributes,
});

const type = fc.constantFrom("int8", "uint8", "int16", "uint16");

test("dequantized weights are (q − zero) · scale of their axis or block, and as precise as they were stored", () => {
  const sizes = fc.record({
    type,
    rows: fc.integer({ min: 1, max: 4 }),
    columns: fc.integer({ min: 1, max: 4 }),
    axis: fc.constantFrom(-2, -1, 0, 1),
    /** 0: a scale for all; 1: one for each entry of the axis; 2 and 3: one for each block of so many. */
    block: fc.integer({ min: 0, max: 3 }),
    zero: fc.boolean(),
  });
  fc.assert(
    fc.property(sizes, ({ type, rows, columns, axis, block, zero }) => {
      const least = type.startsWith("u") ? 0 : -10;
      const entry = (index: number): number => least + ((index * 37) % 19);
      const along = (axis + 2) % 2;
      const blocks = Math.ceil([rows, columns][along] / Math.max(1, block));
      const scaleShape =
        block === 0 ? [] : block === 1 ? [blocks] : along === 0 ? [blocks, columns] : [rows, blocks];
      const scales = scaleShape.reduce((a, b) => a * b, 1);
      const scale = (index: number): number => (index + 1) / 8;
      const { values, stored } = weightsOf(
        rows,
        [
          dequantize(["q", "s", ...(zero ? ["z"] : [])], {
            axis,
            ...(block > 1 ? { block_size: block } : {}),
          }),
        ],
        [
          {
            ...tensor(
              "q",
              type,
              Array.from({ length: rows * columns }, (_, i) => entry(i)),
            ),
            shape: [rows, columns],
          },
          {
            ...tensor(
              "s",
              "float32",
              Array.from({ length: scales }, (_, i) => scale(i)),
            ),
            shape: scaleShape,
          },
          {
            ...tensor(
              "z",
              type,
              Array.from({ length: scales }, (_, i) => i % 3),
            ),
            shape: scaleShape,
          },
        ],
      );
      expect(stored).toBe(type);
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          const place = along === 0 ? row : column;
          const other = along === 0 ? column : row;
          const where =
            block === 0
              ? 0
              : block === 1
                ? place
                : along === 0
                  ? Math.floor(place / block) * columns + other
                  : other * blocks + Math.floor(place / block);
          const real = (entry(row * columns + column) - (zero ? where % 3 : 0)) * scale(where);
          // Filters are columns.
          expect(values[column * rows + row]).toBe(Math.fround(real));
        }
      }
    }),
    { numRuns: 100 },
  );
});

test("a constant that is quantized rounds halves to even and saturates, in the type of its zero point", () => {
  const quantize: WrittenNode = { operator: "QuantizeLinear", inputs: ["r", "s", "z"], outputs: ["q"] };
  const values = [0.25, 0.75, -0.25, 1.25, 100, -100];
  const through = (zero: WrittenTensor) =>
    weightsOf(
      6,
      [quantize, dequantize(["q", "s", "z"])],
      [{ ...tensor("r", "float32", values), shape: [6, 1] }, tensor("s", "float32", [0.5]), zero],
    );
  const signed = through(tensor("z", "int8", [0]));
  expect([...signed.values]).toEqual([0, 1, 0, 1, 63.5, -64]);
  expect(signed.stored).toBe("int8");
  const unsigned = through(tensor("z", "uint8", [128]));
  expect([...unsigned.values]).toEqual([0, 1, 0, 1, 63.5, -64]);
  expect(unsigned.stored).toBe("uint8");
});

test("a graph in QDQ form has the layers of the plain graph, on weights stored as int8", () => {
  const pair = (from: string, to: string): WrittenNode[] => [
    { operator: "QuantizeLinear", inputs: [from, "s", "z"], outputs: [`${to}q`] },
    { operator: "DequantizeLinear", inputs: [`${to}q`, "s", "z"], outputs: [to] },
  ];
  const network = decodeGraph({
    inputs: { x: [1, 2, 5, 5] },
    outputs: ["y"],
    tensors: [
      tensor("s", "float32", [0.02]),
      tensor("z", "int8", [3]),
      {
        ...tensor(
          "q",
          "int8",
          Array.from({ length: 54 }, (_, i) => i - 27),
        ),
        shape: [3, 2, 3, 3],
      },
      tensor("ws", "float32", [0.5, 1, 2]),
      tensor("bq", "int32", [1, 2, 3]),
      tensor("bs", "float32", [0.1]),
    ],
    nodes: [
      ...pair("x", "a"),
      { operator: "DequantizeLinear", inputs: ["q", "ws"], outputs: ["w"], attributes: { axis: 0 } },
      { operator: "DequantizeLinear", inputs: ["bq", "bs"], outputs: ["b"] },
      { operator: "Conv", inputs: ["a", "w", "b"], outputs: ["c"] },
      ...pair("c", "y"),
    ],
  });
  expect(network.movements).toEqual([]);
  expect(network.absorbed).toEqual({ DequantizeLinear: 4, QuantizeLinear: 2 });
  const [layer] = network.layers;
  expect(layer.weights.stored).toBe("int8");
  expect(layer.weights.values[0]).toBe(-27 * 0.5);
  expect(layer.weights.values[53]).toBe(26 * 2);
  expect(parameters(layer)).toBe(54 + 3);
});

test("QLinearConv and ConvInteger have the weights of the convolution that they compute", () => {
  const q = {
    ...tensor(
      "w",
      "uint8",
      Array.from({ length: 12 }, (_, i) => 120 + i),
    ),
    shape: [3, 1, 2, 2],
  };
  const conv = (operator: string, inputs: readonly string[], tensors: readonly WrittenTensor[]) => {
    const [layer] = decodeGraph({
      inputs: { x: [1, 1, 4, 4] },
      outputs: ["y"],
      nodes: [{ operator, inputs, outputs: ["y"], attributes: { strides: [2, 2] } }],
      tensors: [q, ...tensors],
    }).layers;
    expect(layer).toMatchObject({ filters: 3, channels: 1, outputHeight: 2, outputWidth: 2 });
    return layer;
  };
  const one = [tensor("s", "float32", [1]), tensor("z", "uint8", [0])];
  const real = conv(
    "QLinearConv",
    ["x", "s", "z", "w", "ws", "wz", "s", "z", "b"],
    [
      ...one,
      tensor("ws", "float32", [0.5, 2, 4]),
      tensor("wz", "uint8", [128, 0, 128]),
      tensor("b", "int32", [1, 2, 3]),
    ],
  );
  expect([...real.weights.values]).toEqual([-4, -3.5, -3, -2.5, 248, 250, 252, 254, 0, 4, 8, 12]);
  expect([real.weights.stored, real.biasParameters]).toEqual(["uint8", 3]);
  const whole = conv("ConvInteger", ["x", "w", "", "wz"], [tensor("wz", "uint8", [128])]);
  expect([...whole.weights.values]).toEqual([-8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3]);
});

test("QLinearMatMul has a scale for each column, MatMulInteger its zero point, and either side may be the weights", () => {
  const q = { ...tensor("w", "int8", [1, 2, 3, 4, 5, 6]), shape: [3, 2] };
  const product = (
    inputs: Record<string, readonly number[]>,
    operator: string,
    operands: readonly string[],
    tensors: readonly WrittenTensor[],
  ) =>
    decodeGraph({
      inputs,
      outputs: ["y"],
      nodes: [{ operator, name: "product", inputs: operands, outputs: ["y"] }],
      tensors: [q, tensor("s", "float32", [1]), tensor("z", "int8", [0]), ...tensors],
    }).layers[0];
  const columns = [tensor("ws", "float32", [2, 10]), tensor("wz", "int8", [1, 0])];
  const second = product(
    { x: [1, 5, 3] },
    "QLinearMatMul",
    ["x", "s", "z", "w", "ws", "wz", "s", "z"],
    columns,
  );
  expect([...second.weights.values]).toEqual([0, 4, 8, 20, 40, 60]);
  expect([second.outputHeight, second.weights.stored]).toEqual([5, "int8"]);
  const rows = [tensor("ws", "float32", [1, 2, 3]), tensor("wz", "int8", [0, 0, 0])];
  const first = product({ x: [1, 2, 4] }, "QLinearMatMul", ["w", "ws", "wz", "x", "s", "z", "s", "z"], rows);
  expect([...first.weights.values]).toEqual([1, 2, 6, 8, 15, 18]);
  expect(first).toMatchObject({ filters: 3, outputHeight: 4 });
  const integer = product(
    { x: [1, 5, 3] },
    "MatMulInteger",
    ["x", "w", "", "wz"],
    [tensor("wz", "int8", [1])],
  );
  expect([...integer.weights.values]).toEqual([0, 2, 4, 1, 3, 5]);
  const two = product({ x: [1, 5, 3], v: [1, 3, 4] }, "MatMulInteger", ["x", "v"], []);
  expect([two.kind, macs(two)]).toEqual(["matmul", 60]);
});

test("dynamic quantization reads and writes its tensor, and its scale is not known before run time", () => {
  const graph = {
    inputs: { x: [1, 3] },
    outputs: ["y"],
    tensors: [{ ...tensor("w", "int8", [1, 2, 3]), shape: [3, 1] }],
    nodes: [
      { operator: "DynamicQuantizeLinear", name: "range", inputs: ["x"], outputs: ["q", "s", "z"] },
      { operator: "MatMulInteger", inputs: ["q", "w", "z"], outputs: ["p"] },
      { operator: "Cast", inputs: ["p"], outputs: ["f"], attributes: { to: 1 } },
      { operator: "Mul", name: "rescale", inputs: ["f", "s"], outputs: ["y"] },
    ],
  };
  const network = decodeGraph(graph);
  expect(network.movements).toEqual([
    { name: "range", operation: "DynamicQuantizeLinear", readElements: 3, writtenElements: 3 },
    { name: "rescale", operation: "Mul", readElements: 2, writtenElements: 1 },
  ]);
  expect(network.layers).toHaveLength(1);
});

test.each([
  [["q", "s2"], {}, 13, "scales of the shape [2] for axis 1 of [3, 1]"],
  [["q", "s2"], { axis: 2 }, 13, "axis 2 of a tensor with 2 axes"],
  [["q", "s2"], {}, 10, "operator set 10 defines one scale, it has several"],
  [["q", "s2", "z3"], {}, 13, "2 scales and 3 zero points"],
  [["q", "s2"], { axis: 0, block_size: 2 }, 21, "for axis 0 of [3, 1] in blocks of 2"],
  [["q", "x"], {}, 13, "operand 2 (x) depends on run-time values"],
] as const)(
  "scales %j with %j in operator set %i that do not fit are refused",
  (operands, attributes, opset, problem) => {
    const tensors = [
      { ...tensor("q", "int8", [1, 2, 3]), shape: [3, 1] },
      tensor("s2", "float32", [1, 2]),
      tensor("z3", "int8", [1, 2, 3]),
    ];
    expect(() => weightsOf(3, [dequantize(operands, attributes)], tensors, opset)).toThrow(
      "node dequantize (DequantizeLinear): ",
    );
    expect(() => weightsOf(3, [dequantize(operands, attributes)], tensors, opset)).toThrow(problem);
  },
);

test("weights of wide integers stay refused", () => {
  const nodes = [dequantize(["q", "s"])];
  const wide = [{ ...tensor("q", "int32", [1, 2]), shape: [2, 1] }, tensor("s", "float32", [1])];
  expect(() => weightsOf(2, nodes, wide)).toThrow(
    "node product (MatMul): its weights are computed from integers of 32 bits and more",
  );
});
