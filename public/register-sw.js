// Once the page has loaded, so that it never competes with the page.
if (window.isSecureContext && "serviceWorker" in navigator) {
  const register = () =>
    navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" }).catch(() => {});
  if (document.readyState === "complete") {
    register();
  } else {
    addEventListener("load", register, { once: true });
  }
}
