/**
 * The errors of bitfront: plain classes with a `_tag` and data, so that they can be matched by tag, printed, and
 * rebuilt after they crossed a thread as plain data.
 */

/** A file that cannot be decoded: what was read, where in it (byte offset or node), and what was expected there. */
export class DecodeError extends Error {
  readonly _tag = "DecodeError";
  readonly format: string;
  readonly where: string;
  readonly problem: string;

  constructor(format: string, where: string, problem: string) {
    super(`${format}: ${where}: ${problem}`);
    this.name = "DecodeError";
    this.format = format;
    this.where = where;
    this.problem = problem;
  }
}

/** A network that decodes but cannot be used as asked: an unbound dimension, an op that is not understood, … */
export class NetworkError extends Error {
  readonly _tag = "NetworkError";
  readonly network: string;
  readonly problem: string;

  constructor(network: string, problem: string) {
    super(`network ${network}: ${problem}`);
    this.name = "NetworkError";
    this.network = network;
    this.problem = problem;
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
    super(message);
    this.name = "ModelError";
    this.code = code;
  }
}
