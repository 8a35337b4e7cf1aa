// `npm run deploy`: deploys one environment, or only the stacks of it that are named.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { deployArguments, deployUsage } from "./deployCommand.ts";

const given = process.argv.slice(2);
if (given[0] === "--help") {
  process.stdout.write(deployUsage);
} else {
  try {
    const cdk = createRequire(import.meta.url).resolve("aws-cdk/bin/cdk");
    const { status, error } = spawnSync(process.execPath, [cdk, ...deployArguments(given)], {
      cwd: import.meta.dirname,
      stdio: "inherit",
    });
    if (error) throw error;
    process.exitCode = status ?? 1;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${deployUsage}`);
    process.exitCode = 1;
  }
}
