import { DecodeError } from "../../errors.ts";

/**
 * A bounded reader of the Protocol Buffers wire format (protobuf.dev/programming-guides/encoding): every length is
 * checked against the bytes that enclose it before anything is read or allocated. Groups, which proto3 does not have,
 * are refused. Errors are DecodeErrors with the byte offset in the file.
 */

/** A length-delimited part of a file, with where it starts in the file. */
export interface Message {
  readonly format: string;
  readonly bytes: Uint8Array;
  readonly offset: number;
}

/** One field of a message. `integer` holds a varint; `payload` the bytes of every other wire type. */
export interface Field {
  readonly number: number;
  readonly wire: "varint" | "fixed64" | "bytes" | "fixed32";
  readonly integer: number;
  readonly payload: Message;
}

const fail = (message: Message, position: number, problem: string): never => {
  throw new DecodeError(message.format, `byte ${message.offset + position}`, problem);
};

/** A varint as a signed 64-bit integer; beyond 2⁵³ it is rounded to the nearest float64. */
const readVarint = (message: Message, start: number): { value: number; next: number } => {
  const { bytes } = message;
  let value = 0;
  for (let position = start; position < start + 10; position++) {
    if (position >= bytes.length) fail(message, position, "the file ends inside an integer");
    const group = position - start;
    const byte = bytes[position];
    if (group < 7) value += (byte & 0x7f) * 2 ** (7 * group);
    if (byte < 0x80) {
      const next = position + 1;
      if (group < 7) return { value, next };
      let wide = 0n;
      for (let index = position; index >= start; index--) wide = (wide << 7n) | BigInt(bytes[index] & 0x7f);
      return { value: Number(BigInt.asIntN(64, wide)), next };
    }
  }
  return fail(message, start, "an integer takes more than 10 bytes");
};

const none = new Uint8Array(0);

/** The fields of a message in file order. */
export function* readFields(message: Message): Generator<Field> {
  const { bytes } = message;
  const part = (start: number, length: number): Message => {
    if (length < 0 || length > bytes.length - start) {
      fail(message, start, `${length} bytes are announced, ${bytes.length - start} are left`);
    }
    return {
      format: message.format,
      bytes: bytes.subarray(start, start + length),
      offset: message.offset + start,
    };
  };
  let position = 0;
  while (position < bytes.length) {
    const tag = readVarint(message, position);
    const number = Math.floor(tag.value / 8);
    if (number < 1 || number >= 2 ** 29) fail(message, position, `field number ${number} is out of range`);
    switch (tag.value % 8) {
      case 0: {
        const { value, next } = readVarint(message, tag.next);
        yield { number, wire: "varint", integer: value, payload: { ...message, bytes: none } };
        position = next;
        break;
      }
      case 1:
        yield { number, wire: "fixed64", integer: 0, payload: part(tag.next, 8) };
        position = tag.next + 8;
        break;
      case 2: {
        const { value, next } = readVarint(message, tag.next);
        yield { number, wire: "bytes", integer: 0, payload: part(next, value) };
        position = next + value;
        break;
      }
      case 5:
        yield { number, wire: "fixed32", integer: 0, payload: part(tag.next, 4) };
        position = tag.next + 4;
        break;
      default:
        fail(message, position, `wire type ${tag.value % 8} is not known`);
    }
  }
}

const expectWire = (field: Field, wire: Field["wire"]): void => {
  if (field.wire === wire) return;
  fail(field.payload, 0, `field ${field.number} is of wire type ${field.wire}, expected ${wire}`);
};

/** The embedded message of a field. */
export const messageOf = (field: Field): Message => {
  expectWire(field, "bytes");
  return field.payload;
};

/** The integer of a varint field. */
export const integerOf = (field: Field): number => {
  expectWire(field, "varint");
  return field.integer;
};

/** The text of a field; it must be valid UTF-8. */
export const textOf = (field: Field): string => {
  const { bytes } = messageOf(field);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return fail(field.payload, 0, "a text is not valid UTF-8");
  }
};

/** The 32-bit float of a field. */
export const floatOf = (field: Field): number => {
  expectWire(field, "fixed32");
  const { bytes } = field.payload;
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getFloat32(0, true);
};

/** Appends the integers of a repeated field, packed or not, to `target`. */
export const appendIntegers = (field: Field, target: number[]): void => {
  if (field.wire === "varint") {
    target.push(field.integer);
    return;
  }
  const message = messageOf(field);
  for (let position = 0; position < message.bytes.length; ) {
    const { value, next } = readVarint(message, position);
    target.push(value);
    position = next;
  }
};

/** Appends the numbers of a repeated float or double field, packed or not, to `target`. */
export const appendNumbers = (field: Field, width: 4 | 8, target: number[]): void => {
  if (field.wire !== (width === 4 ? "fixed32" : "fixed64")) expectWire(field, "bytes");
  const { bytes } = field.payload;
  if (bytes.length % width !== 0)
    fail(field.payload, 0, `${bytes.length} bytes are no whole number of values`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let position = 0; position < bytes.length; position += width) {
    target.push(width === 4 ? view.getFloat32(position, true) : view.getFloat64(position, true));
  }
};
