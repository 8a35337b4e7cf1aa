import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

function explain(words: readonly string[], input = "") {
  const script = join(import.meta.dirname, "smtpExplain.ts");
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...words], { input, encoding: "utf8" });
  return { status, stdout, stderr };
}

describe("acceptance 48: what a reply means", () => {
  test("is said for the person, the account and the run, with the rule and its real reply", () => {
    const { status, stdout } = explain([
      "--phase",
      "dot",
      "550 5.1.90 You've reached your daily limit for message recipients",
    ]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Phase: +dot$/m);
    expect(stdout).toMatch(/^Person: +Untouched/m);
    expect(stdout).toMatch(/^Account: +Its limit is reached/m);
    expect(stdout).toMatch(/^Run: +Sleeps/m);
    expect(stdout).toMatch(/^Decided by: .*\(daily-limit\)$/m);
    expect(stdout).toMatch(/^As seen at: Microsoft 365: 550 5.1.90/m);
  });

  test("is the same verdict as JSON, of several lines from standard input or with \\n", () => {
    const lines = ["550-5.1.1 The account that you tried to reach", "550 5.1.1 does not exist - gsmtp"];
    const expected = {
      ...{ phase: "rcpt", phaseGiven: false, code: 550, enhanced: "5.1.1" },
      verdict: { recipient: "failed", suppress: true, account: "refused", permanent: true, runError: null },
      rule: { meaning: "no-such-user" },
    };
    for (const { status, stdout } of [
      explain(["--json"], `${lines.join("\r\n")}\r\n`),
      explain(["--json", lines.join("\\n")]),
    ]) {
      expect(status).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject(expected);
    }
  });

  test("is said of a line of a log, and of standard input by -", () => {
    const logged =
      "status=bounced (host mx.example.net[203.0.113.7] said: 550 5.1.1 User unknown (in reply to RCPT TO command))";
    for (const { status, stdout } of [
      explain(["--json", "--phase", "RCPT", logged]),
      explain(["--json", "Diagnostic-Code: smtp; 550 5.1.1 User unknown"]),
      explain(["--json", "-"], "550 5.1.1 User unknown\n"),
    ]) {
      expect(status).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ phase: "rcpt", code: 550, verdict: { suppress: true } });
    }
  });

  test("is said of a reply that no rule knows, and of one in another phase", () => {
    expect(explain(["554 Zq unheard of"]).stdout).toMatch(/no rule knows/);
    expect(JSON.parse(explain(["--json", "535 5.7.8 no"]).stdout)).toMatchObject({
      phase: "auth",
      verdict: { runError: "authentication" },
    });
    expect(JSON.parse(explain(["--json", "250 2.0.0 Ok: queued"]).stdout)).toMatchObject({
      phase: "dot",
      verdict: { recipient: "sent" },
      rule: null,
    });
  });

  test.each([
    [["User unknown"], /begins with its code/],
    [["--phase", "hello", "550 x"], /no phase "hello"/],
    [["--wrong", "550 x"], /--wrong/],
    [[], /begins with its code/],
  ])("is not guessed for %j: exit code 2 and the usage", (words, message) => {
    const { status, stdout, stderr } = explain(words);
    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^Usage: /m);
  });
});
