/**
 * Costs of a made-up sweep, in the order of its designs: time, energy and area as simple functions of parameters that
 * are powers of two (elements, lanes, buffer, bandwidth) and of a few clocks and nodes. Few distinct values a column, and
 * most designs dominated.
 */
export const sweepLike = (count: number): Float64Array[] => {
  const columns = [0, 1, 2].map(() => new Float64Array(count));
  const radices = [10, 8, 12, 8, 8, 17];
  for (let row = 0; row < count; row++) {
    let rest = row;
    const [clock, node, bandwidth, buffer, lanes, elements] = radices.map((radix) => {
      const digit = rest % radix;
      rest = Math.floor(rest / radix);
      return digit;
    }) as [number, number, number, number, number, number];
    const rate = 2 ** (elements + lanes) * (1 + clock / 4);
    const traffic = 2 ** -Math.ceil(buffer / 2);
    const time = Math.max(2 ** 20 / rate, (2 ** 16 * traffic) / 2 ** bandwidth);
    const leak = 2 ** (elements / 2 + lanes / 2) + 2 ** buffer;
    columns[0]![row] = time;
    columns[1]![row] = (1 + node) * (1 + clock / 8) + traffic * 64 + leak * time * 0.01;
    columns[2]![row] = (2 ** (elements + lanes) + 16 * 2 ** buffer + 64 * 2 ** bandwidth) * (1 + node / 8);
  }
  return columns;
};
