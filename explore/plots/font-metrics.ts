/** How far each character of a font moves the pen, in parts of the font size. */
export type Advances = (codePoint: number) => number;

const tableOffset = (font: DataView, wanted: string): number => {
  for (let index = 0; index < font.getUint16(4); index++) {
    const entry = 12 + 16 * index;
    const tag = String.fromCharCode(...[0, 1, 2, 3].map((byte) => font.getUint8(entry + byte)));
    if (tag === wanted) return font.getUint32(entry + 8);
  }
  throw new Error(`the font has no table ${wanted}`);
};

/** Glyph of each mapped character, from the first format-12 subtable of `cmap` (sequential groups, 32-bit). */
const glyphs = (font: DataView): Map<number, number> => {
  const cmap = tableOffset(font, "cmap");
  for (let index = 0; index < font.getUint16(cmap + 2); index++) {
    const subtable = cmap + font.getUint32(cmap + 8 + 8 * index);
    if (font.getUint16(subtable) !== 12) continue;
    const map = new Map<number, number>();
    for (let group = 0; group < font.getUint32(subtable + 12); group++) {
      const at = subtable + 16 + 12 * group;
      const [first, last, glyph] = [font.getUint32(at), font.getUint32(at + 4), font.getUint32(at + 8)];
      for (let code = first; code <= last; code++) map.set(code, glyph + code - first);
    }
    return map;
  }
  throw new Error("the font has no character map of format 12");
};

/**
 * The advances of a TrueType font, read from its tables `head`, `hhea`, `hmtx` and `cmap` (OpenType 1.9). Kerning,
 * ligatures and composed characters are left out. Characters that the font lacks have the width of its empty box.
 * Throws a plain Error on a file without these tables, which for the bundled fonts is a broken installation.
 */
export const readAdvances = (file: Uint8Array): Advances => {
  const font = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const unitsPerEm = font.getUint16(tableOffset(font, "head") + 18);
  const measured = font.getUint16(tableOffset(font, "hhea") + 34);
  const hmtx = tableOffset(font, "hmtx");
  const map = glyphs(font);
  return (codePoint) => {
    const glyph = Math.min(map.get(codePoint) ?? 0, measured - 1);
    return font.getUint16(hmtx + 4 * glyph) / unitsPerEm;
  };
};

/** The width of a line of text, in the unit of `fontSize`. */
export const textWidth = (advances: Advances, text: string, fontSize: number): number => {
  let width = 0;
  for (const character of text) width += advances(character.codePointAt(0)!);
  return width * fontSize;
};
