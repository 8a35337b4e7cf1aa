import { defineConfig } from "vitest/config";

// One stack for the whole file; its images are built first.
export default defineConfig({
  test: { include: ["tests/compose/*.test.ts"], hookTimeout: 900_000, pool: "forks" },
});
