// How the end-to-end tests run: Debian's Chromium, the release binary, two groups. The measuring group comes
// last and alone, so that nothing else takes the processor while it looks at the clock.
import { defineConfig } from "@playwright/test";

import { chromium } from "./support/chromium.mjs";

export default defineConfig({
  testDir: "tests",
  outputDir: "output/traces",
  fullyParallel: false,
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: [["list"], ["./support/summary-reporter.ts"]],
  use: {
    launchOptions: chromium(),
    browserName: "chromium",
    locale: "en-GB",
    timezoneId: "UTC",
    actionTimeout: 20_000,
    navigationTimeout: 30_000,
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
  projects: [
    { name: "journeys", testIgnore: /measure\.spec/ },
    { name: "measures", testMatch: /measure\.spec/, workers: 1, dependencies: ["journeys"] },
  ],
});
