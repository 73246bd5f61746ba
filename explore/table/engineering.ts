/**
 * A number for reading: four significant digits, plain from 0.01 up to a million, otherwise with an exponent that is a
 * multiple of three, as SI prefixes go (0.00001234 becomes 12.34e-6). Whole numbers below a million keep all digits. NaN, which
 * stands for a number that there is not, is a dash.
 */
export const engineering = (value: number): string => {
  if (Number.isNaN(value)) return "-";
  if (!Number.isFinite(value) || value === 0) return String(value);
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e6) return String(value);
  const [mantissa, power] = value.toExponential(3).split("e") as [string, string];
  const exponent = Number(power);
  if (exponent >= -2 && exponent < 6) return String(Number(`${mantissa}e${power}`));
  const shift = ((exponent % 3) + 3) % 3;
  return `${Number(`${mantissa}e${shift}`)}e${exponent - shift}`;
};
