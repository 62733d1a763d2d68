// A form that somebody left with something in it.

import { toast } from "../shell/toast.js";
import { formOf, readDraft } from "./drafts.js";

/** Say that what was written is kept, unless the route is of the same form. */
export function sayKept(left, route, router) {
  const form = formOf(left);
  if (form === formOf(route) || !readDraft(form)) return;
  toast("What you wrote is kept.", { label: "Go on writing", act: () => router.go({ search: "", ...left }) });
}
