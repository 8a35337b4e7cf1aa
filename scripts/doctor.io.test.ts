import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSendFixture, type SendFixture } from "../services/sender/testing/sendFixture.ts";

let fixture: SendFixture;
beforeAll(async () => {
  fixture = await openSendFixture({ account: { fromAddress: "office@example.org", providerSigns: true } });
  await fixture.addAccount({ name: "closed", port: 1 });
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

async function doctor(args: string[], environment: Record<string, string> = fixture.environment) {
  const child = spawn(process.execPath, [join(import.meta.dirname, "doctor.ts"), ...args], {
    env: { PATH: process.env["PATH"] ?? "", ...environment } as NodeJS.ProcessEnv,
  });
  const texts = { out: "", error: "" };
  child.stdout.on("data", (text) => (texts.out += text));
  child.stderr.on("data", (text) => (texts.error += text));
  const code = await new Promise((resolve) => child.once("close", resolve));
  return { code, ...texts };
}

describe("acceptance 118: the check of an account, from the command line", () => {
  test("ends with 0 where nothing fails, and says each line", async () => {
    const { code, out } = await doctor(["--account", "office"]);
    expect(out).toMatch(/✓ Connection +Port \d+ of 127.0.0.1 is open/);
    expect(out).toContain("0 failed, 0 with a warning.");
    expect(code).toBe(0);
  });

  test("ends with 1 where a line fails, as JSON too", async () => {
    const { code, out } = await doctor(["--account", "closed", "--json"]);
    const { failed, lines } = JSON.parse(out);
    expect(failed).toBeGreaterThan(0);
    expect(lines).toContainEqual(expect.objectContaining({ id: "connection", verdict: "fail" }));
    expect(code).toBe(1);
  });

  test("ends with 2 and one sentence for a wrong command, account or environment", async () => {
    for (const [args, environment, sentence] of [
      [["--account", "none"], fixture.environment, /no account "none". There are: .*office/],
      [[], fixture.environment, /Name the account/],
      [["--account", "office", "--data", "/nowhere"], {}, /No email-agent runs here/],
    ] as const) {
      const { code, error } = await doctor([...args], environment);
      expect(error).toMatch(sentence);
      expect(error.trim().split("\n")).toHaveLength(1);
      expect(code).toBe(2);
    }
  });
});
