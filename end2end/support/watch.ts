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
