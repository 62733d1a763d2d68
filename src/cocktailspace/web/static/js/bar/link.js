// A bar as a link: names in the fragment, so that no server sees them, and few enough for any messenger.

import { formatRoute } from "../router.js";
import { LINK_BYTES } from "./kept.js";

/** The address of a bar for somebody else, or null where it would be too long. */
export function linkOf(bar) {
  const hash = formatRoute({ view: "bar-shared", shared: { name: bar.name, has: bar.ingredients.map(({ name }) => name) } });
  return hash.length <= LINK_BYTES ? `${location.origin}${location.pathname}${hash}` : null;
}
