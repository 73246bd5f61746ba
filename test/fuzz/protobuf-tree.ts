/** Protocol Buffers messages as trees that can be damaged and written again, whether they make sense or not. */

/** A field: an integer, the bytes of any other wire type, or the fields of an embedded message. */
export interface ProtobufField {
  number: number;
  wire: number;
  content: bigint | Uint8Array | ProtobufField[];
  /** The length that is written, where it is not the true one. */
  claimed?: bigint;
}

/** Which fields of a message are messages themselves, each with the same. */
export interface MessageShape {
  readonly [field: number]: () => MessageShape;
}

const readVarint = (bytes: Uint8Array, start: number): { value: bigint; next: number } => {
  let value = 0n;
  let position = start;
  do value |= BigInt(bytes[position] & 127) << BigInt(7 * (position - start));
  while (bytes[position++] >= 128);
  return { value, next: position };
};

/** The tree of a valid message. */
export const readTree = (bytes: Uint8Array, shape: MessageShape): ProtobufField[] => {
  const fields: ProtobufField[] = [];
  let position = 0;
  while (position < bytes.length) {
    const tag = readVarint(bytes, position);
    const [number, wire] = [Number(tag.value >> 3n), Number(tag.value & 7n)];
    if (wire === 0) {
      const { value, next } = readVarint(bytes, tag.next);
      fields.push({ number, wire, content: value });
      position = next;
      continue;
    }
    const length = wire === 2 ? readVarint(bytes, tag.next) : undefined;
    const start = length?.next ?? tag.next;
    position = start + (length === undefined ? (wire === 1 ? 8 : 4) : Number(length.value));
    const content = bytes.slice(start, position);
    const embedded = shape[number]?.();
    fields.push({ number, wire, content: embedded === undefined ? content : readTree(content, embedded) });
  }
  return fields;
};

const varint = (value: bigint): number[] => {
  let rest = BigInt.asUintN(64, value);
  const bytes: number[] = [];
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
};

/** The bytes of a tree; lengths are right but for those that are claimed. */
export const writeTree = (fields: readonly ProtobufField[]): number[] => {
  const bytes: number[] = [];
  for (const { number, wire, content, claimed } of fields) {
    for (const byte of varint(BigInt(number) * 8n + BigInt(wire))) bytes.push(byte);
    if (typeof content === "bigint") {
      for (const byte of varint(content)) bytes.push(byte);
      continue;
    }
    const inner = content instanceof Uint8Array ? content : writeTree(content);
    if (wire === 2) for (const byte of varint(claimed ?? BigInt(inner.length))) bytes.push(byte);
    for (const byte of inner) bytes.push(byte);
  }
  return bytes;
};
