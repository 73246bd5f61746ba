import { loadNetwork } from "../../../explore/catalog/load-network.ts";
import { packedScript } from "../../fixtures/packed-script.ts";
import { damagedJson, damagedText } from "../damaged-text.ts";
import { encoded, type Files, type FuzzedDecoder } from "../fuzzed-decoder.ts";
import { models, words } from "./tfjs.ts";

const [{ model, shards }] = models;
const shardScripts = [...shards].map(
  ([path, bytes]) =>
    [`${path}.min.js`, packedScript(JSON.stringify(Buffer.from(bytes).toString("base64")))] as const,
);
const modelScript = packedScript(JSON.stringify(model));
const literals = [
  "!0",
  "!1",
  "'x'",
  "\\u0041",
  "\\x41",
  "\\q",
  ".5",
  "5.",
  "007",
  "module.exports",
  "function(){}",
  "`",
];

const filesOf = (script: string, others: readonly (readonly [path: string, script: string])[]): Files =>
  new Map([["model.min.js", script] as const, ...others].map(([path, text]) => [path, encoded(text)]));

/** A TensorFlow.js model whose files are scripts, as npm packages ship them. */
export const packedModel: FuzzedDecoder = {
  name: "packed-model",
  valid: [filesOf(modelScript, shardScripts)],
  damaged: (choices) => {
    const script = choices.chance(0.5)
      ? packedScript(damagedJson(model, words, choices).replace(/([:,]) /g, "$1"))
      : damagedText(modelScript, [...words, ...literals], choices);
    const others = shardScripts.map(
      ([path, text]) => [path, choices.chance(0.1) ? damagedText(text, literals, choices) : text] as const,
    );
    return filesOf(script, others);
  },
  decode: (path) => loadNetwork(path, { baseDirectory: "/", inputs: { x: [1, 8, 8, 3] } }),
};
