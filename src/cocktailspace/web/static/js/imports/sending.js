// What is sent to be planned, and the plan that comes back.

import { API, ApiError, upload } from "../data/api.js";
import { fileName } from "./words.js";

/** What was sent in this tab, by its plan's id: its columns can be given other meanings. */
const sent = new Map();

let offered = null;

/** Keep a file that was dropped anywhere on the page until the view that takes it is there. */
export function offer(file) { offered = file; }

export function takeOffered() {
  const file = offered;
  offered = null;
  return file;
}

/**
 * Have a file read and planned; the plan. mapping: { header: field }.
 * @param {any} writer
 * @param {Blob} file
 * @param {Record<string, string>} [mapping]
 */
export async function plan(writer, file, mapping = {}) {
  const options = new URLSearchParams({ name: fileName(file) });
  for (const [header, field] of Object.entries(mapping)) options.append("map", `${field}=${header}`);
  const { body: place } = await writer.send(`/catalogue/uploads?${options}`, { method: "POST" });
  if (file.size > place.most_bytes) throw new ApiError(413, `The file is larger than ${Math.floor(place.most_bytes / 1e6)} MB: split it.`);
  const { body } = place.answer ? await uploaded(writer, file, place) : await writer.send(path(place.url), { method: "POST", file, headers: { "Content-Type": "application/octet-stream" } });
  sent.set(body.id, { file, mapping, plan: body });
  return body;
}

/** What is larger than a request may be goes to a bucket; its plan is waited for. */
async function uploaded(writer, file, place) {
  await upload(place.url, place.fields, file);
  return writer.send(path(place.answer), {});
}

const path = (address) => address.slice(API.length);

/** What was sent for a plan, where that was in this tab: { file, mapping, plan }. */
export const sentFor = (id) => sent.get(id) ?? null;

/** The plan as it would be carried out now; what has just come back is not asked for again. */
export async function planOf(writer, id) {
  const known = sent.get(id);
  if (known?.plan) {
    const { plan: fresh } = known;
    known.plan = null;
    return fresh;
  }
  return (await writer.send(`/catalogue/imports/${id}`, {})).body;
}
