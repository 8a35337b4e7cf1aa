import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { withoutFsync } from "./withoutFsync.ts";

const [perl = "", ...before] = withoutFsync();

it.skipIf(!perl)("answers fsync without doing it, and leaves everything else alone", () => {
  // System call 74 is fsync: of a file that is not open it fails, unless it is never carried out.
  const fsync = ["perl", "-e", "print syscall(74, 999)"];
  expect(execFileSync(perl, fsync.slice(1)).toString()).toBe("-1");
  expect(execFileSync(perl, [...before, ...fsync]).toString()).toBe("0");
  expect(execFileSync(perl, [...before, "echo", "hello"]).toString()).toBe("hello\n");
});
