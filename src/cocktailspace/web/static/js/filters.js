// What the list of recipes is narrowed to, in an address: by the names of the API's parameters, so that
// `/recipes` and the API find the same by them; `mine` is what only the browser knows.

const LISTS = { ingredient: readId, without: readId, base: readId, tag: readWord, free_of: readWord };
const SINGLES = {
  glass: readWord, method: readWord, alcohol_free: readFlag,
  min_ingredients: readNumber, max_ingredients: readNumber, min_strength: readNumber, max_strength: readNumber,
  sort: (text) => (SORTS.some(([sort]) => sort === text) ? text : null),
  mine: (text) => (/^(can-make|favourites|tried|list:.+)$/s.test(text) ? readWord(text) : null),
};
const MOST = 20;

/** What may come first, and what it is called. */
export const SORTS = [
  ["match", "Best match"], ["name", "By name"], ["strongest", "Strongest first"], ["weakest", "Weakest first"],
  ["fewest", "Fewest ingredients first"], ["newest", "Newest first"],
];

/**
 * @typedef {{ ingredient?: number[], without?: number[], base?: number[], tag?: string[], free_of?: string[], glass?: string, method?: string,
 *   alcohol_free?: string, min_ingredients?: string, max_ingredients?: string, min_strength?: string, max_strength?: string,
 *   sort?: string, mine?: string }} Filters
 */

/**
 * Those of an address: a stranger's, so what cannot be meant is left out.
 * @param {URLSearchParams} options
 * @returns {Filters}
 */
export function readFilters(options) {
  const found = {};
  for (const [name, read] of Object.entries(LISTS)) {
    const values = [...new Set(options.getAll(name).map(read).filter((value) => value !== null))].slice(0, MOST);
    if (values.length) found[name] = values;
  }
  for (const [name, read] of Object.entries(SINGLES)) {
    const value = read(options.get(name) ?? "");
    if (value !== null) found[name] = value;
  }
  return found;
}

/** Adds them to an address, always in the same order. */
export function writeFilters(filters, options) {
  for (const name of Object.keys(LISTS)) for (const value of filters[name] ?? []) options.append(name, String(value));
  for (const name of Object.keys(SINGLES)) if (filters[name] !== undefined) options.set(name, String(filters[name]));
}

/**
 * Whether any narrows what is shown; an order does not.
 * @param {Filters} filters
 */
export const narrows = ({ sort: _sort, ...rest }) => Object.keys(rest).length > 0;

/** With a value more or less in one that has several. */
export function toggled(filters, name, value) {
  const values = filters[name] ?? [];
  return changed(filters, name, values.includes(value) ? values.filter((each) => each !== value) : [...values, value]);
}

/** With another value; none for "" and []. */
export function changed(filters, name, value) {
  const { [name]: _before, ...rest } = filters;
  return value === "" || value === null || value.length === 0 ? rest : { ...rest, [name]: value };
}

/**
 * What the API is asked for words and filters.
 * @param {string} search
 * @param {Filters} filters
 */
export function questionOf(search, { mine: _mine, ...filters }) {
  const options = new URLSearchParams();
  if (search) options.set("q", search);
  writeFilters(filters, options);
  return options.toString();
}

function readId(text) {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
}

function readWord(text) {
  return text.trim().slice(0, 200) || null;
}

function readFlag(text) {
  return text === "true" || text === "false" ? text : null;
}

function readNumber(text) {
  return /^\d{1,3}(\.\d+)?$/.test(text) ? text : null;
}
