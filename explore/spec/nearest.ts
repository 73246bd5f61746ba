/**
 * The number of single-character insertions, deletions, substitutions and swaps of neighbours that turn one text into
 * the other, no part being edited twice (the "optimal string alignment" distance).
 */
export const editDistance = (from: string, to: string): number => {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const substitution = last[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const swap = swapped ? beforeLast[j - 2]! + 1 : Infinity;
      row.push(Math.min(substitution, swap, last[j]! + 1, row[j - 1]! + 1));
    }
    beforeLast = last;
    last = row;
  }
  return last[to.length]!;
};

/**
 * The choice that was probably meant by a misspelt name: the least edit distance in lower case, the first of equals,
 * if that changes at most one character or a third of the name; else the first choice that begins with the name.
 */
export const nearestOf = (name: string, choices: readonly string[]): string | undefined => {
  const written = name.toLowerCase();
  let nearest: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const choice of choices) {
    if (Math.abs(choice.length - name.length) >= least) continue;
    const distance = editDistance(written, choice.toLowerCase());
    if (distance < least && distance < choice.length) {
      least = distance;
      nearest = choice;
    }
  }
  const cutShort = (choice: string): boolean => name.length > 2 && choice.toLowerCase().startsWith(written);
  return nearest ?? choices.find(cutShort);
};
