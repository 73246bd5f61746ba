/** Layers by the names that a file gives them, where a name that is taken gets a number: conv, conv#2, conv#3. */
export const withUniqueNames = <T extends { readonly name: string }>(layers: readonly T[]): T[] => {
  const given = new Set(layers.map(({ name }) => name));
  const taken = new Set<string>();
  const last = new Map<string, number>();
  return layers.map((layer) => {
    let name = layer.name;
    for (let number = last.get(layer.name) ?? 1; taken.has(name); ) {
      number++;
      last.set(layer.name, number);
      // A name that another layer has from the file stays with that one.
      const next = `${layer.name}#${number}`;
      if (!given.has(next)) name = next;
    }
    taken.add(name);
    return { ...layer, name };
  });
};
