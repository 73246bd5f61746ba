import type { Choices } from "./choices.ts";

/** The files of one input by name; the first is the one that is opened. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** A decoder under hostile files. */
export interface FuzzedDecoder {
  /** What it reads, as a word of the command line. */
  readonly name: string;
  /** Files that have to be decoded. Each of them is damaged. */
  readonly valid: readonly Files[];
  /** A file with a few places damaged. */
  readonly damaged: (choices: Choices) => Files;
  /** Opens the first file, as its user would: answers with what was decoded, or rejects. */
  readonly decode: (path: string) => Promise<unknown>;
}

/** How many places of an input are damaged: one mostly, now and then several. */
export const damages = (choices: Choices): number => 1 + (choices.chance(0.4) ? choices.below(4) : 0);

/** An input of one file. */
export const oneFile = (name: string, bytes: Uint8Array): Files => new Map([[name, bytes]]);

/** The bytes of a text. */
export const encoded = (text: string): Uint8Array => new TextEncoder().encode(text);
