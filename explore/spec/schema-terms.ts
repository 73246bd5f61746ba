/** Terms of the sweep file's schema; each says what it expects, which is what an error message quotes. */
import * as Schema from "effect/Schema";

/** Text that is not empty. */
export const text = (expected: string) =>
  Schema.String.check(Schema.isMinLength(1, { expected })).annotate({ expected });

/** A finite number. */
export const finite = (expected: string) =>
  Schema.Number.check(Schema.isFinite({ expected })).annotate({ expected });

/** A list that is not empty. */
export const listOf = <S extends Schema.Top>(item: S, expected: string) =>
  Schema.Array(item).check(Schema.isMinLength(1, { expected }));

/** An integer within inclusive bounds. */
export const integerFrom = (minimum: number, maximum: number) => {
  const expected = `an integer from ${minimum} to ${maximum}`;
  return finite(expected).check(
    Schema.isInt({ expected }),
    Schema.isBetween({ minimum, maximum }, { expected }),
  );
};
