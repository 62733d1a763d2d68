// The map's colours, from the style sheet's custom properties, so that they have one home.

const FAMILIES = 12;

/** { palette: [{ css, rgb }], ground, accent, ink: { text, soft, font, serif } } as they are now. */
export function mapColours() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => {
    const css = style.getPropertyValue(name).trim();
    return { css, rgb: rgbOf(css) };
  };
  return {
    palette: Array.from({ length: FAMILIES }, (_, number) => read(`--family-${number}`)),
    ground: read("--map-ground"),
    accent: read("--accent"),
    ink: {
      text: read("--text").css, soft: read("--text-soft").css,
      font: style.getPropertyValue("--sans"), serif: style.getPropertyValue("--serif"),
    },
  };
}

/** "#a1b2c3" → three numbers from 0 to 1 */
function rgbOf(hex) {
  const value = parseInt(hex.slice(1), 16);
  return [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];
}
