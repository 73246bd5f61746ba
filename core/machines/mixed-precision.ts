/**
 * A precision that differs between layers, as the value of a parameter: the JSON text of an object that has a format
 * for `default` and for patterns of layer names. Any other value is the name of a format, which holds for all layers.
 */
interface MixedPrecision {
  readonly standard: string;
  /** In the order in which they are tried. */
  readonly patterns: readonly {
    readonly text: string;
    readonly matches: RegExp;
    readonly format: string;
  }[];
}

/** A value of a parameter; `parameter.ts` builds on this file. */
type Value = number | string;

/** The value that stands for a precision by layer. `formats` has the key `default` and patterns. */
export const mixedPrecision = (formats: Readonly<Record<string, string>>): string => JSON.stringify(formats);

/** Whether a value of a parameter is a precision that differs between layers. */
export const isMixedPrecision = (value: Value): value is string =>
  typeof value === "string" && value.startsWith("{");

/** A pattern has to match a whole layer name. Throws a SyntaxError for what is no regular expression. */
export const layerPattern = (text: string): RegExp => new RegExp(`^(?:${text})$`, "u");

const known = new Map<string, MixedPrecision>();

const read = (value: string): MixedPrecision => {
  let mixed = known.get(value);
  if (mixed === undefined) {
    const { default: standard, ...patterns } = JSON.parse(value) as Record<string, string>;
    mixed = {
      standard,
      patterns: Object.entries(patterns).map(([text, format]) => ({
        text,
        matches: layerPattern(text),
        format,
      })),
    };
    known.set(value, mixed);
  }
  return mixed;
};

/** The formats that a precision names, each once, that of `default` first. */
export const formatsIn = (value: Value): readonly Value[] => {
  if (!isMixedPrecision(value)) return [value];
  const { standard, patterns } = read(value);
  return [...new Set([standard, ...patterns.map(({ format }) => format)])];
};

/** The format of a layer: that of the first pattern which matches its name, or the default. */
export const formatOfLayer = (value: Value, layer: string): Value => {
  if (!isMixedPrecision(value)) return value;
  const { standard, patterns } = read(value);
  return patterns.find(({ matches }) => matches.test(layer))?.format ?? standard;
};

/** The patterns that decide the format of none of these layers. */
export const idlePatterns = (value: Value, layers: readonly string[]): readonly string[] => {
  if (!isMixedPrecision(value)) return [];
  const { patterns } = read(value);
  const decisive = new Set(layers.map((layer) => patterns.find(({ matches }) => matches.test(layer))?.text));
  return patterns.filter(({ text }) => !decisive.has(text)).map(({ text }) => text);
};
