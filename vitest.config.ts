import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Stories over real processes take longest: they begin first, so that nothing waits for them at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) =>
      moduleId.includes("/e2e/") ? 0 : moduleId.endsWith(".io.test.ts") ? 1 : 2;
    return [...files].sort((one, other) => rank(one) - rank(other));
  }
}

// Every test file uses its own tables, queues and key prefixes, so files run in parallel.
export default defineConfig({
  test: {
    include: ["{shared,services,infra,scripts,tests}/**/*.test.ts"],
    globalSetup: "tests/temporaryFolder.ts",
    exclude: ["**/node_modules/**", "tests/bench/**", "tests/compose/**"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A condition that is waited for may take its time on a busy machine; the second that is the default may not do.
    expect: { poll: { timeout: 15_000 } },
    pool: "forks",
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
  },
});
