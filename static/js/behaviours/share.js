// "Share" copies the permanent address; on phones it opens the system's own sheet.
import { toast } from "../toast.js";

export function share(link) {
  link.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    try {
      if (navigator.share && matchMedia("(pointer: coarse)").matches) return await navigator.share({ url: link.href });
      await navigator.clipboard.writeText(link.href);
      toast(link.dataset.done);
    } catch (refused) {
      if (refused.name !== "AbortError") location.assign(link.href);
    }
  });
}
