/** Names that a message lists before it only counts. */
const mostListed = 8;

/** The first names of a list for a message, and how many more there are. */
export const listNames = (names: readonly string[]): string => {
  const rest = names.length - mostListed;
  return `${names.slice(0, mostListed).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
};
