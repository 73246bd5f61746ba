/**
 * The errors of bitfront: plain classes with a `_tag` and data, so that they can be matched by tag, printed, and
 * rebuilt after they crossed a thread as plain data.
 */

/** What a terminal obeys instead of showing it: control characters, line ends, and changes of the writing direction. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** A part of a message that may come from a hostile file, fit to be shown: on one line, and cut in its middle beyond `most` characters. */
export const printable = (text: string, most: number): string => {
  const half = Math.floor(most / 2);
  const short = text.length <= most ? text : `${text.slice(0, half)} … ${text.slice(-half)}`;
  return short.replace(unprintable, escaped);
};

/** A file that cannot be decoded: what was read, where in it (byte offset or node), and what was expected there. */
export class DecodeError extends Error {
  readonly _tag = "DecodeError";
  readonly format: string;
  readonly where: string;
  readonly problem: string;

  constructor(format: string, where: string, problem: string) {
    const [place, text] = [printable(where, 600), printable(problem, 1000)];
    super(`${format}: ${place}: ${text}`);
    this.name = "DecodeError";
    this.format = format;
    this.where = place;
    this.problem = text;
  }
}

/** A network that decodes but cannot be used as asked: an unbound dimension, an op that is not understood, … */
export class NetworkError extends Error {
  readonly _tag = "NetworkError";
  readonly network: string;
  readonly problem: string;

  constructor(network: string, problem: string) {
    const [name, text] = [printable(network, 200), printable(problem, 1500)];
    super(`network ${name}: ${text}`);
    this.name = "NetworkError";
    this.network = name;
    this.problem = text;
  }
}

/**
 * A configuration that the model refuses (a buffer that cannot hold the least tile, a component outside the reach of
 * its table, …). Inside a sweep it becomes a failed row with this `code` and message; it never ends the sweep.
 */
export class ModelError extends Error {
  readonly _tag = "ModelError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(printable(message, 1500));
    this.name = "ModelError";
    this.code = code;
  }
}
