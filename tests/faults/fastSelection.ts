import { expect } from "vitest";
import type { Area } from "./scenario.ts";

/** Runs the fast selection of an area; fails with every violation and the seed that repeats it. */
export async function fastSelection(area: Area, seed = Date.now() % 1_000_000): Promise<void> {
  const chosen = new Set(area.scenarios.filter(({ isFast }) => isFast).map(({ name }) => name));
  expect(chosen.size).toBeGreaterThan(0);
  const results = await area.run(chosen, { seed }, () => {});
  const violations = results.flatMap(({ name, violations: found }) => found.map((text) => `${name}: ${text}`));
  expect(violations, `npm run faults -- ${area.name} --seed ${seed}`).toEqual([]);
  expect(results).toHaveLength(chosen.size);
}
