// Amounts as people type them: 1.5, 1,5, 1 1/2, 1½, ¾.

const GLYPHS = { "½": 1 / 2, "⅓": 1 / 3, "⅔": 2 / 3, "¼": 1 / 4, "¾": 3 / 4, "⅛": 1 / 8, "⅜": 3 / 8, "⅝": 5 / 8, "⅞": 7 / 8, "⅙": 1 / 6, "⅚": 5 / 6 };

/** The number, null for an empty text, NaN for what is no amount. */
export function parseAmount(text) {
  const trimmed = text.trim().replace(",", ".");
  if (!trimmed) return null;
  const [, whole, glyph] = /^(\d*)\s*([½⅓⅔¼¾⅛⅜⅝⅞⅙⅚])$/u.exec(trimmed) ?? [];
  if (glyph) return Number(whole || 0) + GLYPHS[glyph];
  const [, wholes, above, below] = /^(?:(\d+)\s+)?(\d+)\s*\/\s*(\d+)$/.exec(trimmed) ?? [];
  if (below) return Number(wholes || 0) + Number(above) / Number(below);
  return Number(trimmed);
}
