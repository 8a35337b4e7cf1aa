import { defineConfig } from "vitest/config";

// Every test file uses its own tables, queues and key prefixes, so files run in parallel.
export default defineConfig({
  test: {
    include: ["{shared,services,infra,tests}/**/*.test.ts"],
    exclude: ["**/node_modules/**", "tests/bench/**"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 3,
  },
});
