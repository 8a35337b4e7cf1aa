import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { oneAtATime } from "./oneAtATime.mjs";

function aPath(): string {
  const folder = mkdtempSync(join(tmpdir(), "email-agent-lock-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "lock");
}

const never = () => expect.unreachable();

test("processes take turns, and none waits for one that died holding the lock", async () => {
  const path = aPath();
  const log = `${path}.log`;
  const source = `
    import { appendFileSync } from "node:fs";
    import { oneAtATime } from ${JSON.stringify(join(import.meta.dirname, "oneAtATime.mjs"))};
    await oneAtATime(process.argv[1], () => {}, async () => {
      appendFileSync(process.argv[2], "in ");
      await new Promise((done) => setTimeout(done, 50));
      if (process.argv[3] === "die") process.kill(process.pid, "SIGKILL");
      appendFileSync(process.argv[2], "out ");
    });`;
  const run = (how: string) =>
    new Promise((done) =>
      spawn(process.execPath, ["--input-type=module", "-e", source, path, log, how]).once("close", done),
    );
  await run("die");
  expect(existsSync(path)).toBe(true);
  await Promise.all(["live", "live", "live"].map(run));
  expect(readFileSync(log, "utf8")).toBe("in in out in out in out ");
  expect(existsSync(path)).toBe(false);
});

test("a waiting process is notified once, and goes on when the lock is gone", async () => {
  const path = aPath();
  writeFileSync(path, String(process.pid));
  let told = 0;
  const second = oneAtATime(
    path,
    () => {
      told += 1;
      setTimeout(() => rmSync(path), 250);
    },
    async () => "done",
  );
  expect(await second).toBe("done");
  expect(told).toBe(1);
});

test("a lock from before the machine was started is free, also if another process has its number now", async () => {
  const path = aPath();
  writeFileSync(path, String(process.pid));
  utimesSync(path, 1, 1);
  expect(await oneAtATime(path, never, async () => "done")).toBe("done");
});

test("a failure leaves no lock behind", async () => {
  const path = aPath();
  await expect(oneAtATime(path, never, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  expect(existsSync(path)).toBe(false);
});

test.skipIf(!existsSync("/proc"))("a holder that is a zombie (in a container without init) holds nothing", async () => {
  const path = aPath();
  // The shell starts a process and becomes another program, which waits for no child.
  const parent = spawn("sh", ["-c", "sh -c : & echo $!; exec sleep 30"]);
  onTestFinished(() => void parent.kill());
  const pid = await new Promise<string>((told) => parent.stdout.once("data", (text) => told(String(text).trim())));
  writeFileSync(path, pid);
  let worked = false;
  await oneAtATime(
    path,
    () => {},
    async () => {
      worked = true;
    },
  );
  expect(worked).toBe(true);
});

test("of many that find a lock free or of a dead process, one takes it", { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "email-agent-lock-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  // The dead process held every second lock, the others are free. No system gives out such a number.
  for (let round = 0; round < 1000; round += 2) writeFileSync(join(folder, String(round)), "999999999");
  const startAt = Date.now() + 1500;
  const source = `
    import { takeLock } from ${JSON.stringify(join(import.meta.dirname, "oneAtATime.mjs"))};
    while (Date.now() < ${startAt}) {}
    const taken = [];
    for (let round = 0; round < 1000; round++) {
      const lock = process.argv[1] + "/" + round;
      if (takeLock(lock)) taken.push(round);
    }
    console.log(taken.join(" "));
    // It holds what it took until all have tried.
    process.stdin.resume();`;
  const children = [1, 2, 3, 4].map(() => spawn(process.execPath, ["--input-type=module", "-e", source, folder]));
  const lines = await Promise.all(
    children.map((child) => new Promise<string>((told) => child.stdout.once("data", (text) => told(String(text))))),
  );
  for (const child of children) child.stdin.end();
  const taken = lines.flatMap((line) => line.trim().split(" ")).filter((round) => round !== "");
  expect(taken.length - new Set(taken).size, "rounds that two processes took").toBe(0);
  expect(taken.length).toBe(1000);
});
