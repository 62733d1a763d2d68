// A file that is dropped anywhere on the page is brought in.

import { toast } from "../shell/toast.js";
import { offer } from "./sending.js";

export function take({ router, again }, files) {
  if (files.length > 1) toast("One file at a time: the first is read. Several can come in one zip.");
  offer(files[0]);
  if (location.hash === "#/import") again();
  else router.go({ view: "import", id: null, search: "" });
}
