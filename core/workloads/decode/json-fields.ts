import { DecodeError } from "../../errors.ts";

/** An object of a JSON document with the place it stands at, for messages. */
export interface JsonObject {
  readonly format: string;
  readonly where: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const show = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "absent";
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

const fail = (object: JsonObject, key: string, expected: string): never => {
  throw new DecodeError(
    object.format,
    object.where,
    `${key} is ${show(object.fields[key])}, expected ${expected}`,
  );
};

/** Wraps a value that must be an object; DecodeError otherwise. */
export const jsonObject = (format: string, where: string, value: unknown): JsonObject => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new DecodeError(format, where, `${show(value)}: expected an object`);
  }
  return { format, where, fields: value as Record<string, unknown> };
};

/** A field that must be an object. */
export const objectField = (object: JsonObject, key: string): JsonObject =>
  jsonObject(object.format, `${object.where}.${key}`, object.fields[key]);

/** A field that must be a list. */
export const listField = (object: JsonObject, key: string): readonly unknown[] => {
  const value = object.fields[key];
  return Array.isArray(value) ? value : fail(object, key, "a list");
};

/** A field that must be a text. */
export const textField = (object: JsonObject, key: string): string => {
  const value = object.fields[key];
  return typeof value === "string" ? value : fail(object, key, "a text");
};

/** A text that may be absent or null. */
export const optionalText = (object: JsonObject, key: string): string | undefined =>
  object.fields[key] === undefined || object.fields[key] === null ? undefined : textField(object, key);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** A field that must be an integer of at least 0; `otherwise` where it is absent or null. */
export const countField = (object: JsonObject, key: string, otherwise?: number): number => {
  const value = object.fields[key] ?? otherwise;
  return isCount(value) ? value : fail(object, key, "an integer of at least 0");
};

/** A field that must be a number. */
export const numberField = (object: JsonObject, key: string): number => {
  const value = object.fields[key];
  return typeof value === "number" ? value : fail(object, key, "a number");
};

/** A field that must be a list of integers of at least 0. */
export const countsField = (object: JsonObject, key: string): number[] => {
  const value = listField(object, key);
  return value.every(isCount) ? [...value] : fail(object, key, "a list of integers of at least 0");
};

/** A size an axis, given as one integer for all axes or as a list; each at least 1. */
export const sizesField = (object: JsonObject, key: string, axes: number, otherwise?: number): number[] => {
  const value = object.fields[key] ?? otherwise;
  const sizes = Array.isArray(value) ? value : new Array<unknown>(axes).fill(value);
  if (sizes.length === axes && sizes.every((size) => isCount(size) && size > 0)) return sizes as number[];
  return fail(object, key, `an integer of at least 1, or ${axes} of them`);
};
