import { type Choices, edgeIntegers, edgeNames } from "./choices.ts";

const edgeTokens = [
  "",
  " ",
  "0",
  "-1",
  "1.5",
  "1e3",
  "0x10",
  "1_000",
  "NaN",
  ".inf",
  "Infinity",
  "null",
  "~",
  "true",
  "'",
  '"',
  "#",
  ",",
  ":",
  "- ",
  "[",
  "{",
  "}",
  "&a",
  "*a",
  "<<: *a",
  "!!binary",
  "|",
  "---",
  "...",
  "\t",
  "\r",
  "\ufeff",
  "\u0000",
  "\u2028",
  "9".repeat(400),
  "[".repeat(3000),
];

const tokens = /[\p{L}\p{N}_.+]+|-?\d+|[^\p{L}\p{N}_.+\s]/gu;

const otherToken = (text: string, words: readonly string[], choices: Choices): string => {
  switch (choices.below(5)) {
    case 0:
      return choices.of(edgeTokens);
    case 1:
      return String(choices.of(edgeIntegers));
    case 2:
      return choices.of(edgeNames);
    case 3:
      return choices.of(words);
    default:
      return choices.of([...(text.match(tokens) ?? [""])]);
  }
};

/** Damages a text at one token, line, cell or indentation. `words` are tokens that mean something to the decoder. */
export const mutateText = (text: string, words: readonly string[], choices: Choices): string => {
  const lines = text.split("\n");
  const at = choices.below(lines.length);
  switch (choices.below(10)) {
    case 0:
      lines.splice(at, 1);
      break;
    case 1:
      lines.splice(at, 0, lines[at]);
      break;
    case 2: {
      const other = choices.below(lines.length);
      [lines[at], lines[other]] = [lines[other], lines[at]];
      break;
    }
    case 3:
      lines[at] = choices.chance(0.5) ? `  ${lines[at]}` : lines[at].replace(/^ {1,2}/, "");
      break;
    case 4:
      return text.slice(0, choices.below(text.length + 1));
    default: {
      const found = [...text.matchAll(tokens)];
      if (found.length === 0) return otherToken(text, words, choices);
      const { 0: token, index } = choices.of(found);
      const keep = choices.chance(0.2) ? token : "";
      return (
        text.slice(0, index) + keep + otherToken(text, words, choices) + text.slice(index + token.length)
      );
    }
  }
  return lines.join("\n");
};
