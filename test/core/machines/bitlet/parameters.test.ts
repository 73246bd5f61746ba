import { expect, it } from "vitest";
import { bitletParameters } from "../../../../core/machines/bitlet/parameters.ts";
import { hasEffect } from "../../../../core/machines/parameter.ts";
import { formats } from "../../../../core/numerics/formats.ts";
import { configurationWith } from "../configurations.ts";

const parameter = (name: string) => {
  const found = bitletParameters.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`bitlet has no parameter ${name}`);
  return found;
};

it("precision offers every format", () => {
  expect(parameter("precision")).toMatchObject({ choices: formats.map(({ name }) => name) });
});

it.each(formats)(
  "$name takes a quantization if it is fixed, activation exponents if it is a float",
  (format) => {
    const configuration = configurationWith({ precision: format.name });
    expect(hasEffect(parameter("quantization"), configuration)).toBe(format.kind === "fixed");
    expect(hasEffect(parameter("activationExponents"), configuration)).toBe(format.kind === "float");
  },
);
