import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, expect, it } from "vitest";
import { openTemporaryFolder } from "./temporaryFolder.ts";

const [small, large] = [mkdtempSync(join(tmpdir(), "small-")), mkdtempSync(join(tmpdir(), "large-"))];
afterAll(() => [small, large].map((path) => rmSync(path, { recursive: true })));
const { bavail, bsize } = statfsSync(small);
const among = [
  { path: small, neededBytes: 2 * bavail * bsize },
  { path: large, neededBytes: 0 },
];

it("every test runs in such a folder, in memory where the system has room there", () => {
  expect(tmpdir()).toMatch(/\/email-agent-run-\d+-\d+-\w+$/);
  const shared = existsSync("/dev/shm") ? statfsSync("/dev/shm") : undefined;
  if (shared && shared.bavail * shared.bsize > 4 * 2 ** 30 && process.availableMemory() > 8 * 2 ** 30)
    expect(tmpdir()).toMatch(/^\/dev\/shm\//);
});

it("a place without room, or that is missing, is passed over; nothing stays at the end", () => {
  const before = tmpdir();
  const missing = { path: "/proc/no-such-folder", neededBytes: 0 };
  const folder = openTemporaryFolder([missing, ...among]);
  expect(folder.path.startsWith(large)).toBe(true);
  expect(tmpdir()).toBe(folder.path);
  writeFileSync(join(folder.path, "left"), "");
  folder[Symbol.dispose]();
  expect(tmpdir()).toBe(before);
  expect([small, large].flatMap((path) => readdirSync(path))).toEqual([]);
});

it("says in one sentence that no place can be written to", () => {
  const missing = { path: "/proc/no-such-folder", neededBytes: 0 };
  expect(() => openTemporaryFolder([missing])).toThrow(
    "No temporary folder can be written to (/proc/no-such-folder): name another one in TMPDIR.",
  );
});

it("what a crashed run left goes with the next run; that of a living run stays", async () => {
  const crashed = await runOf();
  const alive = await runOf();
  crashed.child.kill("SIGKILL");
  await once(crashed.child, "exit");
  expect(existsSync(crashed.path)).toBe(true);
  using _next = openTemporaryFolder(among);
  expect(existsSync(crashed.path)).toBe(false);
  expect(existsSync(alive.path)).toBe(true);
  alive.child.kill("SIGTERM");
  await once(alive.child, "exit");
});

it("a run that ends without a word removes its folder", async () => {
  const run = await runOf("setTimeout(() => process.exit(3), 50)");
  await once(run.child, "exit");
  expect(existsSync(run.path)).toBe(false);
});

/** Another run, with a file in its folder. */
async function runOf(then = "setInterval(() => {}, 1000)") {
  const source = `import { writeFileSync } from "node:fs";
    import { openTemporaryFolder } from ${JSON.stringify(new URL("./temporaryFolder.ts", import.meta.url).href)};
    const { path } = openTemporaryFolder(${JSON.stringify(among)});
    writeFileSync(path + "/left", "");
    console.log(path);
    ${then}`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", source]);
  const path = await new Promise<string>((done) => createInterface({ input: child.stdout }).once("line", done));
  return { child, path };
}
