// Which column of a table is what, where its headers do not say so themselves.

import { h, uniqueId } from "../html.js";

const FIELDS = { name: "the drink's name", ingredient: "an ingredient", measure: "how much of it", amount: "the amount alone", unit: "the unit alone", ingredients: "all ingredients", instructions: "how it is made", garnish: "the garnish", glass: "the glass", method: "the technique", tags: "a category", source: "the source", source_url: "a link", servings: "servings", description: "a description", notes: "notes" };

/**
 * A form that asks for the meanings of columns.
 * @param {string[]} headers
 * @param {{ question: string, send: (meanings: Record<string, string>) => any, said?: Record<string, string> }} options
 */
export function mappingForm(headers, { question, send, said = {} }) {
  const rows = headers.map((header) => {
    const id = uniqueId("column");
    const select = h("select", { id }, h("option", { value: "" }, "not used"), Object.entries(FIELDS).map(([field, words]) => h("option", { value: field }, words)));
    select.value = said[header] ?? "";
    return { header, select, node: h("div", { class: "column" }, h("label", { for: id }, `“${header}”`), select) };
  });
  const submit = (event) => {
    event.preventDefault();
    send({ ...said, ...Object.fromEntries(rows.filter(({ select }) => select.value).map(({ header, select }) => [header, select.value])) });
  };
  return h("form", { class: "form problem", onsubmit: submit },
    h("p", {}, question), h("p", { class: "small soft" }, "Of columns with a number, such as “Booze 1”, one stands for all."),
    rows.map(({ node }) => node), h("div", { class: "actions" }, h("button", { class: "button primary" }, "Read it so")));
}
