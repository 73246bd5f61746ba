import { type Choices, edgeIntegers, edgeNames } from "./choices.ts";
import { mutateBytes } from "./mutate-bytes.ts";
import type { ProtobufField } from "./protobuf-tree.ts";

/** A field with the message it stands in. */
interface Place {
  readonly siblings: ProtobufField[];
  readonly index: number;
}

const placesIn = (siblings: ProtobufField[]): Place[] =>
  siblings.flatMap((field, index) => [
    { siblings, index },
    ...(Array.isArray(field.content) ? placesIn(field.content) : []),
  ]);

const copyOf = (field: ProtobufField): ProtobufField => structuredClone(field);

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const packedIntegers = (choices: Choices): Uint8Array =>
  Uint8Array.from(
    Array.from({ length: choices.below(5) }, () => choices.of([1, 2, 3, 7, 127])).concat(
      choices.chance(0.3) ? [255, 255, 255, 255, 255, 255, 255, 255, 255, 1] : [],
    ),
  );

/** Another content for a field: what stands elsewhere in the file, a word of the format, or an edge case. */
const otherContent = (
  { content }: ProtobufField,
  places: readonly Place[],
  words: readonly string[],
  choices: Choices,
): ProtobufField["content"] => {
  const others = places.map(({ siblings, index }) => siblings[index].content);
  const alike = others.filter(
    (other) => typeof other === typeof content && Array.isArray(other) === Array.isArray(content),
  );
  if (choices.chance(0.4)) return structuredClone(choices.of(alike));
  if (typeof content === "bigint") return choices.chance(0.7) ? choices.of(edgeIntegers) : content + 1n;
  if (Array.isArray(content)) return [];
  switch (choices.below(4)) {
    case 0:
      return text(choices.of(edgeNames));
    case 1:
      return text(choices.of(words));
    case 2:
      return packedIntegers(choices);
    default:
      return mutateBytes(content, choices);
  }
};

/** Puts a message into copies of itself, as deep as a reader without a limit would fall. */
const nest = (field: ProtobufField, depth: number): ProtobufField => {
  let nested = field;
  for (let level = 0; level < depth && Array.isArray(field.content); level++) {
    nested = { ...field, content: [...field.content.slice(0, 1), nested] };
  }
  return nested;
};

/** Damages a tree of fields at one structural place. `words` are texts that mean something to the decoder. */
export const mutateProtobuf = (root: ProtobufField[], words: readonly string[], choices: Choices): void => {
  const places = placesIn(root);
  if (places.length === 0) return;
  const { siblings, index } = choices.of(places);
  const field = siblings[index];
  switch (choices.below(10)) {
    case 0:
      siblings.splice(index, 1);
      break;
    case 1:
      siblings.splice(index, 0, copyOf(field));
      break;
    case 2: {
      // Another order of nodes, dimensions, tensors.
      const other = choices.below(siblings.length);
      siblings[index] = siblings[other];
      siblings[other] = field;
      break;
    }
    case 3:
      field.number = choices.of([0, field.number + 1, choices.below(32), 2 ** 29, 2 ** 31]);
      break;
    case 4:
      field.wire = choices.below(8);
      break;
    case 5:
      field.claimed = choices.of(edgeIntegers);
      break;
    case 6: {
      // A part of the file at another place, perhaps inside itself.
      const target = choices.of(places);
      target.siblings.splice(target.index, 0, copyOf(field));
      break;
    }
    case 7:
      if (choices.chance(0.1)) siblings[index] = nest(field, choices.of([3, 70, 200]));
      else field.content = otherContent(field, places, words, choices);
      break;
    default:
      field.content = otherContent(field, places, words, choices);
  }
};
