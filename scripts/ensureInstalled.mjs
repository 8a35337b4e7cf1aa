// Installs the packages of package-lock.json where they are missing, older than it or of another platform. Runs before
// every npm script of the README, on whatever Node the machine has: plain JavaScript, no package.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installFailure, isNodeNewEnough, noNode } from "./installFailure.mjs";
import { oneAtATime } from "./oneAtATime.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const stamp = join(root, "node_modules", ".installed-lock");
const platform = `${process.platform}-${process.arch}`;
// With the platform: one machine may run Nodes of two (Rosetta on a Mac), whose packages differ.
const wanted = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .update(platform)
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
  // Not `npm ci`, which removes everything first: a dependency more would cost a minute each time. This takes the versions
  // of the lock as well and writes neither the lock nor package.json.
  const { status, stderr, error } = spawnSync(
    "npm",
    ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"],
    { cwd: root, stdio: ["ignore", "ignore", "pipe"], encoding: "utf8", shell: process.platform === "win32" },
  );
  if (status !== 0) {
    say(installFailure(error ? String(error) : stderr));
    process.exitCode = status || 1;
    return;
  }
  if (!useNode()) {
    say(noNode(platform, process.version));
    process.exitCode = 1;
    return;
  }
  // A new file, not the old one written over: a copy of the checkout may share it by a hard link.
  rmSync(stamp, { force: true });
  writeFileSync(stamp, wanted);
  say(`Installed in ${Math.round((Date.now() - started) / 1000)} s.`);
}

/**
 * npm's scripts run the Node that npm brought. Where it does not start (a Linux without glibc), the machine's own is left
 * to them, if that is new enough.
 */
function useNode() {
  const brought = join(root, "node_modules", ".bin", process.platform === "win32" ? "node.cmd" : "node");
  if (existsSync(brought)) {
    if (spawnSync(brought, ["--version"], { shell: process.platform === "win32" }).status === 0) return true;
    rmSync(brought);
  }
  return isNodeNewEnough(process.version);
}
