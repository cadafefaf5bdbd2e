// Registers the service worker once the page has loaded, so that it never competes with the page.
// Without one (plain HTTP elsewhere than localhost, a build without sw.js) everything still works.
if (window.isSecureContext && "serviceWorker" in navigator) {
  const register = () =>
    navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" }).catch(() => {});
  if (document.readyState === "complete") {
    register();
  } else {
    addEventListener("load", register, { once: true });
  }
}
