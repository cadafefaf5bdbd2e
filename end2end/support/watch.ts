// Notices what a page complains about: script errors, refused content, failed requests.
import type { Page } from "@playwright/test";

/** Collects complaints of `page` from now on; `expected` filters out those that the test causes on purpose. */
export function complaints(page: Page): string[] {
  const heard: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") heard.push(`${message.type()}: ${message.text()} (${page.url()})`);
  });
  page.on("pageerror", (error) => heard.push(`uncaught: ${error.message} (${page.url()})`));
  page.on("response", (response) => {
    if (response.status() >= 500) heard.push(`status ${response.status()}: ${response.url()}`);
  });
  return heard;
}

/** What a page was doing, for whoever reads that a test failed there: where it is, what it says, what it waits for. */
export function observe(page: Page): () => Promise<string> {
  const open = new Map<unknown, string>();
  page.on("request", (request) => open.set(request, `${request.method()} ${request.url()}`));
  page.on("requestfinished", (request) => open.delete(request));
  page.on("requestfailed", (request) => open.delete(request));
  return async () => {
    const said = await page
      .evaluate(() => {
        const alerts = [...document.querySelectorAll("[role=alert]")].map((alert) => alert.textContent);
        const invalid = [...document.querySelectorAll<HTMLInputElement>(":invalid:not(form, fieldset)")].map(({ name }) => name);
        const focus = document.activeElement?.outerHTML.slice(0, 80);
        return { awake: document.documentElement.hasAttribute("data-awake"), alerts, invalid, focus };
      })
      .catch((error: unknown) => `no answer: ${error instanceof Error ? error.message : error}`);
    return `${page.url()} ${JSON.stringify(said)} waiting for ${JSON.stringify([...open.values()])}`;
  };
}
