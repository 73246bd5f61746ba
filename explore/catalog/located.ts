import { DecodeError } from "../../core/errors.ts";

/** What went wrong with the content of a file, with the file named in it; any other error as it is. */
export const inFile = (path: string, error: unknown): unknown =>
  error instanceof DecodeError
    ? new DecodeError(error.format, `${path}: ${error.where}`, error.problem)
    : error;

/** Names the file in what is wrong with its content. */
export const located = <A>(path: string, decode: () => A): A => {
  try {
    return decode();
  } catch (error) {
    throw inFile(path, error);
  }
};
