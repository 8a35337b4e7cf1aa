// Installs the packages of package-lock.json where they are missing or older than it. Runs before every npm script of
// the README, on whatever Node the machine has: plain JavaScript, no package.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { oneAtATime } from "./oneAtATime.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const stamp = join(root, "node_modules", ".installed-lock");
const wanted = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");
const isInstalled = () => existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;
const say = (/** @type {string} */ text) => process.stderr.write(`${text}\n`);

if (!isInstalled())
  await oneAtATime(
    join(root, "node_modules", ".installing"),
    () => say("Another command is installing the packages; waiting for it …"),
    async () => {
      if (!isInstalled()) install();
    },
  );

function install() {
  say("Installing packages (once; about a minute) …");
  const started = Date.now();
  // Not `npm ci`: it refuses where a registry lacks an optional package of some other platform. This takes the versions
  // of the lock as well and writes neither the lock nor package.json.
  const { status } = spawnSync("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    say("npm install failed (its words stand above). Repair that and run the command again.");
    process.exitCode = status ?? 1;
    return;
  }
  writeFileSync(stamp, wanted);
  say(`Installed in ${Math.round((Date.now() - started) / 1000)} s.`);
}
