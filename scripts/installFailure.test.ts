import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { installFailure, isNodeNewEnough, noNode } from "./installFailure.mjs";

it("a registry that cannot be reached is named with its repair, by the command itself", {
  timeout: 120_000,
}, async () => {
  const folder = checkout({ dependencies: { "is-number": "7.0.0" } });
  const closed = createServer().listen(0, "127.0.0.1");
  await new Promise((done) => closed.once("listening", done));
  const { port } = closed.address() as { port: number };
  await new Promise((done) => closed.close(done));
  const { status, stderr } = ensureInstalled(folder, {
    npm_config_registry: `http://127.0.0.1:${port}`,
    npm_config_cache: join(folder, "cache"),
    npm_config_fetch_retries: "0",
  });
  expect(stderr).toContain("The npm registry cannot be reached");
  expect(stderr).toMatch(/ECONNREFUSED[\s\S]*run the command again/);
  expect(status).toBeGreaterThan(0);
  expect(existsSync(join(folder, "node_modules", ".installed-lock"))).toBe(false);
});

it("a Node of npm that does not start here gives way to the machine's own", { timeout: 120_000 }, () => {
  const folder = checkout({});
  const brought = join(folder, "node_modules", ".bin", "node");
  mkdirSync(join(folder, "node_modules", ".bin"), { recursive: true });
  writeFileSync(brought, "#!/no/such/loader\n", { mode: 0o755 });
  const { status, stderr } = ensureInstalled(folder, {});
  expect(stderr).toContain("Installed in");
  expect(status).toBe(0);
  expect(existsSync(brought)).toBe(false);
  expect(ensureInstalled(folder, {}).stderr).toBe("");
});

it("an npm that is missing is named", () => {
  const { status, stderr } = ensureInstalled(checkout({}), { PATH: "/nowhere" });
  expect(stderr).toContain("npm is not on the path: install it with Node");
  expect(status).toBe(1);
});

it("other failures keep npm's words", () => {
  expect(installFailure("npm error code ENOSPC")).toMatch(/^npm error code ENOSPC\nThe disk is full/);
  expect(installFailure("npm error EACCES: permission denied, mkdir")).toContain("make the checkout and npm's cache");
  expect(installFailure("npm error code EBADTHING")).toContain("npm install failed (its output is above)");
});

it("says which Node is needed where npm has none", () => {
  expect([isNodeNewEnough("v23.11.0"), isNodeNewEnough("v24.0.0")]).toEqual([false, true]);
  expect(noNode("freebsd-x64", "v20.1.0")).toBe(
    "email-agent needs Node 24 or newer: npm has none that runs on this machine (freebsd-x64), and its own is v20.1.0. Install Node 24 and run the command again.",
  );
});

/** A checkout with these packages and the install of this one. */
function checkout(manifest: object): string {
  const folder = mkdtempSync(join(tmpdir(), "email-agent-install-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "scripts"));
  for (const name of ["ensureInstalled.mjs", "installFailure.mjs", "oneAtATime.mjs"])
    cpSync(join(import.meta.dirname, name), join(folder, "scripts", name));
  const content = { name: "checkout", version: "1.0.0", ...manifest };
  writeFileSync(join(folder, "package.json"), JSON.stringify(content));
  const packages = { "": content };
  writeFileSync(join(folder, "package-lock.json"), JSON.stringify({ ...content, lockfileVersion: 3, packages }));
  return folder;
}

function ensureInstalled(folder: string, variables: Record<string, string>) {
  const { PATH = "" } = process.env;
  return spawnSync(process.execPath, [join(folder, "scripts", "ensureInstalled.mjs")], {
    encoding: "utf8",
    env: { PATH, HOME: folder, ...variables },
  });
}
