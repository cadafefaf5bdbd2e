// When the page's WebAssembly stops (a part of it could not be fetched after an update, or it failed), nothing on the
// page would answer any more. So it is loaded anew, or the page that a link just asked for is. Unsent answers are kept
// by the browser. Once in half a minute at most: a page that stops again stays as the server rendered it.
const AGAIN_AFTER = 30_000;
const CLICK_IS_CAUSE = 15_000;

let wanted = { href: "", at: 0 };
addEventListener(
  "click",
  (event) => {
    const link = event.target instanceof Element && event.target.closest("a[href]");
    if (link && link.origin === location.origin) wanted = { href: link.href, at: Date.now() };
  },
  { capture: true },
);

const recover = (cause) => {
  if (!(cause instanceof WebAssembly.RuntimeError)) return;
  try {
    if (Date.now() - Number(sessionStorage.getItem("recovered")) < AGAIN_AFTER) return;
    sessionStorage.setItem("recovered", String(Date.now()));
  } catch {
    // A browser that keeps nothing could go round in circles.
    return;
  }
  if (Date.now() - wanted.at < CLICK_IS_CAUSE) location.assign(wanted.href);
  else location.reload();
};
addEventListener("error", (event) => recover(event.error));
addEventListener("unhandledrejection", (event) => recover(event.reason));
