// Once the page's WebAssembly has stopped, nothing answers any more: loads the page, or the one just asked for, anew.
// Once in half a minute at most, so that a page that stops again stays as the server rendered it.
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
    return;
  }
  if (Date.now() - wanted.at < CLICK_IS_CAUSE) location.assign(wanted.href);
  else location.reload();
};
addEventListener("error", (event) => recover(event.error));
addEventListener("unhandledrejection", (event) => recover(event.reason));
