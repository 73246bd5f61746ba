/** Bits of the magnitudes of int8 weights. */
export const magnitudeColumns = 7;

/**
 * Makes at least `columns` of the seven magnitude columns of a group zero, in place, with weights as near as that allows:
 * columns that are zero already count, the others are taken from the least significant end. Below the lowest zero column
 * above them, each magnitude is rounded to the nearest one that is left, ties to the smaller; columns from there upward,
 * and signs, stay as they are. (BitWave's bit flip, as the BBS authors re-implemented it, github yc2367/BBS-MICRO.)
 */
export const flipBits = (group: Int32Array, columns: number): void => {
  let ones = 0;
  for (let index = 0; index < group.length; index++) ones |= Math.abs(group[index]);
  const isZero = (column: number): boolean => ((ones >>> column) & 1) === 0;
  let low = columns;
  let roundedBelow = magnitudeColumns;
  for (let column = magnitudeColumns - 1; column >= low; column--) {
    if (!isZero(column)) continue;
    roundedBelow = column;
    if (low > 0) low--;
  }
  if (low === 0) return;
  const step = 2 ** low;
  const range = 2 ** roundedBelow;
  for (let index = 0; index < group.length; index++) {
    const magnitude = Math.abs(group[index]);
    const rest = magnitude & (range - 1);
    const rounded = Math.min(step * Math.ceil(rest / step - 0.5), range - step);
    group[index] = Math.sign(group[index]) * (magnitude - rest + rounded);
  }
};
