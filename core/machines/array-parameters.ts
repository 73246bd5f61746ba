import type { Configuration, ParameterDescriptor } from "./parameter.ts";

/** Rows and columns of a two-dimensional array of processing elements, for a machine whose default array is this large. */
export const arrayParameters = (height: number, width: number): readonly ParameterDescriptor[] => [
  {
    name: "arrayHeight",
    kind: "integer",
    minimum: 1,
    maximum: 1024,
    default: height,
    description: "Rows of the array of processing elements.",
  },
  {
    name: "arrayWidth",
    kind: "integer",
    minimum: 1,
    maximum: 1024,
    default: width,
    description: "Columns of the array of processing elements.",
  },
];

/** The array of a configuration. */
export const arrayOf = ({
  arrayHeight,
  arrayWidth,
}: Configuration): { readonly height: number; readonly width: number } => ({
  height: Number(arrayHeight),
  width: Number(arrayWidth),
});
