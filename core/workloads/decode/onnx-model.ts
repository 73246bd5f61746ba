import { DecodeError } from "../../errors.ts";
import type { Constant } from "../constant.ts";
import { type ExternalFiles, tensorLocation } from "./onnx-external-data.ts";
import { type OnnxGraph, type ReadTensor, readGraph } from "./onnx-graph.ts";
import { decodeTensor } from "./onnx-tensor.ts";
import { integerOf, type Message, messageOf, readFields, textOf } from "./protobuf.ts";

/** What bitfront needs of an ONNX file. */
export interface OnnxModel {
  readonly opset: number;
  readonly graph: OnnxGraph;
}

/** The operator sets whose operators are known (see the table of signatures). */
export const leastOpset = 7;
const mostOpset = 24;

const fail = (problem: string): never => {
  throw new DecodeError("ONNX", "the model", problem);
};

/** Domain and version of an OperatorSetIdProto. */
const readOpset = (message: Message): { domain: string; version: number } => {
  let domain = "";
  let version = 0;
  for (const field of readFields(message)) {
    if (field.number === 1) domain = textOf(field);
    else if (field.number === 2) version = integerOf(field);
  }
  return { domain, version };
};

/** The operator set of the standard domain, and the graph, which is not yet read. */
const readModel = (bytes: Uint8Array): { opset: number; graph: Message } => {
  let graph: Message | undefined;
  let opset = 0;
  for (const field of readFields({ format: "ONNX", bytes, offset: 0 })) {
    if (field.number === 7) graph = messageOf(field);
    else if (field.number === 8) {
      const { domain, version } = readOpset(messageOf(field));
      if (domain === "" || domain === "ai.onnx") opset = version;
    } else if (field.number === 25)
      fail("it defines functions of its own, which is not supported: inline them");
  }
  if (graph === undefined) return fail("it has no graph; is this an ONNX file?");
  if (opset < leastOpset || opset > mostOpset) {
    fail(
      `operator set ${opset === 0 ? "none" : opset}: expected a version from ${leastOpset} to ${mostOpset}, whose operators are known`,
    );
  }
  return { opset, graph };
};

/**
 * Decodes the bytes of an ONNX file (onnx.proto3, ModelProto): all constants, nodes in file order, inputs and outputs of
 * the graph and of the graphs nested in it; `externalFiles` holds the files that onnxExternalLocations lists. Sparse
 * initializers and functions are refused. Throws DecodeError with the byte offset or the name of what is wrong; a
 * truncated file never yields a model that lacks its graph.
 */
export const decodeOnnxModel = (bytes: Uint8Array, externalFiles: ExternalFiles): OnnxModel => {
  const { opset, graph } = readModel(bytes);
  return { opset, graph: readGraph(graph, (message) => decodeTensor(message, externalFiles), 0) };
};

/** What is not read of a tensor while locations are listed. */
const unread: Constant = { shape: [0], values: new Float32Array(0), elementType: "float32" };

/** The files beside an ONNX file that hold values of its tensors, as it names them (external data), each once. Throws DecodeError. */
export const onnxExternalLocations = (bytes: Uint8Array): string[] => {
  const locations = new Set<string>();
  const listTensor: ReadTensor = (message) => {
    const { name, location } = tensorLocation(message);
    if (location !== undefined) locations.add(location);
    return { name, constant: unread };
  };
  readGraph(readModel(bytes).graph, listTensor, 0);
  return [...locations];
};
