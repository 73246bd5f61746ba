import { type Choices, edgeIntegers } from "./choices.ts";

const joined = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

const randomBytes = (choices: Choices, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => choices.below(256));

/** Damages bytes at one place without regard of what they mean. */
export const mutateBytes = (bytes: Uint8Array, choices: Choices): Uint8Array => {
  const at = choices.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + 1 + choices.below(16));
  const [before, part, after] = [bytes.slice(0, at), bytes.slice(at, end), bytes.slice(end)];
  switch (choices.below(7)) {
    case 0:
      return before;
    case 1:
      return joined(before, after);
    case 2:
      return joined(before, part, part, after);
    case 3:
      return joined(before, randomBytes(choices, 1 + choices.below(8)), part, after);
    case 4:
      return joined(before, randomBytes(choices, part.length), after);
    case 5: {
      const view = new DataView(new ArrayBuffer(8));
      view.setBigInt64(0, BigInt.asIntN(64, choices.of(edgeIntegers)), choices.chance(0.8));
      const width = choices.of([1, 2, 4, 8]);
      return joined(before, new Uint8Array(view.buffer, 0, width), bytes.slice(at + width));
    }
    default: {
      const copy = bytes.slice();
      if (at < copy.length) copy[at] ^= 1 << choices.below(8);
      return copy;
    }
  }
};
