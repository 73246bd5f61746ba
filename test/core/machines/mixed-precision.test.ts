import { describe, expect, it } from "vitest";
import { bitletParameters } from "../../../core/machines/bitlet/parameters.ts";
import { formatConfigurations, layerConfiguration } from "../../../core/machines/layer-configuration.ts";
import {
  formatOfLayer,
  formatsIn,
  idlePatterns,
  isMixedPrecision,
  mixedPrecision,
} from "../../../core/machines/mixed-precision.ts";
import { hasEffect } from "../../../core/machines/parameter.ts";
import { configurationWith } from "./configurations.ts";

const mixed = mixedPrecision({
  default: "fixed8",
  "conv1|fc": "fixed16",
  "conv.*": "fixed4",
  "fc2?": "float32",
});

describe("a precision that differs between layers", () => {
  it.each([
    ["conv1", "fixed16"],
    ["fc", "fixed16"],
    ["conv2", "fixed4"],
    ["conv1.0", "fixed4"],
    ["fc2", "float32"],
    // Patterns match whole names.
    ["layer1.conv1", "fixed8"],
    ["fc22", "fixed8"],
  ])("gives %s the format of the first pattern that matches its whole name: %s", (layer, format) => {
    expect(formatOfLayer(mixed, layer)).toBe(format);
  });

  it("is told from a format, which holds for all layers", () => {
    expect(isMixedPrecision(mixed)).toBe(true);
    expect(isMixedPrecision("fixed8")).toBe(false);
    expect(formatOfLayer("fixed8", "conv1")).toBe("fixed8");
    expect(formatsIn("fixed8")).toEqual(["fixed8"]);
    expect(formatsIn(mixed)).toEqual(["fixed8", "fixed16", "fixed4", "float32"]);
  });

  it("names the patterns that decide nothing, those behind an earlier match included", () => {
    expect(idlePatterns(mixed, ["conv1", "fc", "conv2"])).toEqual(["fc2?"]);
    expect(idlePatterns(mixed, ["fc2"])).toEqual(["conv1|fc", "conv.*"]);
    expect(idlePatterns("fixed8", [])).toEqual([]);
  });

  it("lets a parameter have an effect where one of its formats does, and a layer has defaults where its own does not", () => {
    const quantization = bitletParameters.find(({ name }) => name === "quantization")!;
    const precision = mixedPrecision({ default: "float32", fc: "fixed8" });
    const configuration = configurationWith({ precision, quantization: "per-channel", packing: 3 });
    expect(hasEffect(quantization, configuration)).toBe(true);
    expect(hasEffect(quantization, { ...configuration, precision: "float32" })).toBe(false);
    expect(layerConfiguration(bitletParameters, configuration, "fc")).toEqual(
      configurationWith({ precision: "fixed8", quantization: "per-channel", packing: 3 }),
    );
    expect(layerConfiguration(bitletParameters, configuration, "conv")).toEqual(
      configurationWith({ precision: "float32" }),
    );
    expect(formatConfigurations(bitletParameters, configuration).map((own) => own.precision)).toEqual([
      "float32",
      "fixed8",
    ]);
    const plain = configurationWith({ precision: "fixed8" });
    expect(layerConfiguration(bitletParameters, plain, "fc")).toBe(plain);
    expect(formatConfigurations(bitletParameters, plain)).toEqual([plain]);
  });
});
