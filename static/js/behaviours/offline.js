// Says that the network is gone, for as long as it is, and that what is typed stays.
import { announce } from "../toast.js";

export function offline(bar) {
  const show = () => {
    bar.hidden = navigator.onLine;
    if (!navigator.onLine) announce(bar.textContent.trim());
  };
  addEventListener("offline", show);
  addEventListener("online", show);
  show();
}
