// `npm run faults`: every scenario of faults, for hours; `npm run faults -- smtp/rcpt` only those whose names begin so.
// An area that ran whole gets its row in README.md beside this file.
import { execFileSync } from "node:child_process";
import { parseArgs, styleText } from "node:util";
import { openTemporaryFolder } from "../temporaryFolder.ts";
import { areas } from "./areas.ts";
import { writeCounts } from "./counts.ts";
import type { Area, Result } from "./scenario.ts";

const help = `npm run faults [-- [--fast] [--list] [--seed N] AREA | AREA/NAME …]
  --fast   only the selection that npm test runs
  --list   names the scenarios and runs none
  --seed   repeats a run: the same random faults
Areas: ${areas.map(({ name }) => name).join(", ")}.
`;

const say = (text: string) => void process.stdout.write(`${text}\n`);

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${styleText("red", (error as Error).message)}\n`);
  process.exitCode = 2;
}

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      fast: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      seed: { type: "string", default: String(Date.now() % 1_000_000) },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return say(help);
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed) || seed < 0) throw new Error(`--seed ${values.seed} is no whole number.`);
  const plan = areas.map((area) => ({ area, chosen: chosenOf(area, positionals, values.fast) }));
  for (const asked of positionals)
    if (!plan.some(({ area }) => namesOf(area).some((name) => matches(name, asked))))
      throw new Error(`No scenario begins with ${asked}. Areas: ${areas.map(({ name }) => name).join(", ")}.`);
  if (values.list) {
    for (const { area, chosen } of plan) for (const name of chosen) say(`${area.name}/${name}`);
    return;
  }
  using _data = openTemporaryFolder();
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  let violated = 0;
  for (const { area, chosen } of plan) {
    if (chosen.size === 0) continue;
    say(styleText("bold", `\n${area.title} (${chosen.size} scenarios, seed ${seed})`));
    const began = performance.now();
    const results = await area.run(chosen, { seed }, (result) => tell(area, result));
    const seconds = Math.round((performance.now() - began) / 1000);
    violated += results.reduce((sum, { violations }) => sum + violations.length, 0);
    const row = writeCounts({ area, results, seconds, commit, isWhole: chosen.size === area.scenarios.length });
    say(row);
  }
  if (violated > 0) process.exitCode = 1;
}

function namesOf({ name, scenarios }: Area): string[] {
  return scenarios.map((scenario) => `${name}/${scenario.name}`);
}

function matches(name: string, asked: string): boolean {
  return name === asked || name.startsWith(asked.endsWith("/") ? asked : `${asked}/`);
}

function chosenOf({ name: area, scenarios }: Area, asked: readonly string[], isFast: boolean): Set<string> {
  const chosen = scenarios.filter(
    ({ name, isFast: belongs = false }) =>
      (!isFast || belongs) && (asked.length === 0 || asked.some((one) => matches(`${area}/${name}`, one))),
  );
  return new Set(chosen.map(({ name }) => name));
}

function tell({ name: area }: Area, { name, violations, skipped, milliseconds }: Result): void {
  const seconds = (milliseconds / 1000).toFixed(1);
  if (skipped !== undefined) say(`  skipped ${area}/${name}: ${skipped}`);
  else if (violations.length === 0) say(`  held    ${area}/${name} (${seconds} s)`);
  else say(styleText("red", `  FAILED  ${area}/${name} (${seconds} s)`));
  for (const violation of violations) say(`          ${violation.replaceAll("\n", "\n          ")}`);
}
