import { type Choices, edgeIntegers, edgeNames } from "./choices.ts";
import { type Json, jsonTree } from "./json-tree.ts";

/** A value, how to put another one in its place, and its list or object. */
interface Place {
  readonly value: Json;
  readonly set: (value: Json) => void;
  readonly parent?: Json[] | [key: string, value: Json][];
  readonly index: number;
}

const placesIn = (place: Place): Place[] => {
  const { value } = place;
  if (Array.isArray(value)) {
    return [
      place,
      ...value.flatMap((item, index) =>
        placesIn({ value: item, set: (other) => (value[index] = other), parent: value, index }),
      ),
    ];
  }
  if ("literal" in value) return [place];
  const { entries } = value;
  return [
    place,
    ...entries.flatMap((entry, index) =>
      placesIn({ value: entry[1], set: (other) => (entry[1] = other), parent: entries, index }),
    ),
  ];
};

const edgeLiterals = [
  "null",
  "true",
  "false",
  '""',
  "1.5",
  "-0",
  "0.1",
  "1e-320",
  "1e999",
  "-1e999",
  "1e300",
  "[]",
  "{}",
];

const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);

/** A value that does not belong there, a word of the format, or one that stands elsewhere. */
const otherValue = (places: readonly Place[], words: readonly string[], choices: Choices): Json => {
  switch (choices.below(6)) {
    case 0:
      return structuredClone(choices.of(places).value);
    case 1:
      return { literal: JSON.stringify(choices.of(edgeNames)) };
    case 2:
      return { literal: JSON.stringify(choices.of(words)) };
    case 3:
      return {
        literal: choices.chance(0.1) ? nested(choices.of([3, 100, 20_000])) : choices.of(edgeLiterals),
      };
    case 4:
      return jsonTree(Array.from({ length: choices.below(6) }, () => choices.below(4)));
    default:
      return { literal: String(choices.of(edgeIntegers)) };
  }
};

const exchange = <T>(list: T[], first: number, second: number): void => {
  [list[first], list[second]] = [list[second], list[first]];
};

/** Damages JSON at one value or key; answers with what is then the whole. `words` are texts that mean something to the decoder. */
export const mutateJson = (root: Json, words: readonly string[], choices: Choices): Json => {
  let whole = root;
  const places = placesIn({
    value: root,
    set: (value) => {
      whole = value;
    },
    index: 0,
  });
  const { value, set, parent, index } = choices.of(places);
  const action = choices.below(8);
  if (parent === undefined || action >= 4) {
    set(otherValue(places, words, choices));
    return whole;
  }
  const list = parent as unknown[];
  if (action === 0) list.splice(index, 1);
  else if (action === 1) list.splice(index, 0, structuredClone(list[index]));
  else if (action === 2) exchange(list, index, choices.below(list.length));
  else if (Array.isArray(value)) value.push(otherValue(places, words, choices));
  else {
    const entry = list[index];
    // An entry of an object is given another key: one of its neighbours', or a strange one.
    if (Array.isArray(entry) && typeof entry[0] === "string") entry[0] = choices.of([...words, ...edgeNames]);
    else set(otherValue(places, words, choices));
  }
  return whole;
};
