// Keeps what is typed in one form as a draft, and brings it back when the form is opened again.

import { dateShort } from "../format.js";
import { h } from "../html.js";
import { dropDraft, keepDraft, readDraft } from "./drafts.js";

/**
 * capture() gives what is in the fields as it is typed, restore(values) puts it back there; etag is the
 * version that is being changed. Gives { note: what to show above the form, changed(): call it when
 * something may have changed, discard(), version: of what the draft changes }.
 */
export function draftKeeper(key, { capture, restore, etag }) {
  const loaded = JSON.stringify(capture());
  const note = h("div");
  const keeper = { note, changed, discard, version: etag };

  function changed() {
    const values = capture();
    if (JSON.stringify(values) === loaded) dropDraft(key);
    else keepDraft(key, values, keeper.version);
  }

  function discard() {
    dropDraft(key);
    note.replaceChildren();
  }

  function startAfresh() {
    discard();
    restore(JSON.parse(loaded));
    keeper.version = etag;
  }

  const draft = readDraft(key);
  if (draft) {
    restore(draft.values);
    keeper.version = draft.etag ?? etag; // where others changed it since, saving shows both
    note.replaceChildren(h("p", { class: "kept" }, `Here is what you had written (${dateShort(draft.at)}). `,
      h("button", { type: "button", class: "quiet", onclick: startAfresh }, "Start afresh")));
  }
  return keeper;
}

/** For forms whose draft is not worth keeping. */
export const noKeeper = { note: null, changed() {}, discard() {}, version: undefined };
