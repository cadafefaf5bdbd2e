// Prints what was measured, what failed in a line or two each, and, as the very last line, how many tests passed and
// failed: whoever sees only the end of a log sees what matters.
import type { FullResult, Reporter, Suite, TestCase } from "@playwright/test/reporter";

export default class Summary implements Reporter {
  private suite: Suite | undefined;
  private errors = 0;

  onBegin(_config: unknown, suite: Suite): void {
    this.suite = suite;
  }

  /** Something outside any test went wrong: a file that does not load, a fixture that cannot be torn down. */
  onError(): void {
    this.errors += 1;
  }

  onEnd(result: FullResult): void {
    const tests = this.suite?.allTests() ?? [];
    const measured = tests.flatMap((test) => test.annotations.filter(({ type }) => type === "measured"));
    if (measured.length > 0) console.log(`\nMeasured:\n${measured.map(({ description }) => `  ${description}`).join("\n")}`);

    const of = (...outcomes: ReturnType<TestCase["outcome"]>[]) => tests.filter((test) => outcomes.includes(test.outcome()));
    const skipped = of("skipped");
    // A test that never ran because one that it depends on failed counts as failed, not as left out on purpose.
    const left = skipped.filter((test) => test.results.length === 0 || test.expectedStatus !== "skipped").length;
    const broken = of("unexpected", "flaky");
    const failed = broken.length + left + this.errors;
    if (broken.length > 0) console.log(`\nFailed:\n${broken.map(summary).join("\n")}`);
    const stopped = result.status !== "passed" && failed === 0 ? 1 : 0;
    console.log(`\n${of("expected").length} passed, ${failed + stopped} failed, ${skipped.length - left} skipped`);
  }

  printsToStdio(): boolean {
    return true;
  }
}

/** Where a failed test is, how each of its errors begins, and what was seen then. */
function summary(test: TestCase): string {
  const place = `${test.location.file.split("/").pop()}:${test.location.line}`;
  const errors = test.results.flatMap(({ errors }) => errors.map(({ message }) => plain(message ?? "")));
  const seen = test.annotations.filter(({ type }) => type === "seen").map(({ description }) => plain(description ?? ""));
  return [`  ${place} ${test.title}`, ...[...errors, ...seen].map((line) => `    ${line}`)].join("\n");
}

/** The first lines of a message, on one line and without colours. */
function plain(message: string): string {
  const text = message.replace(/\u001b\[[0-9;]*m/g, "").split(/\s*\n\s*/).filter(Boolean);
  return text.slice(0, 8).join(" | ").slice(0, 600);
}
