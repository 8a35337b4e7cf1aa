import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

/** Runs the command in a folder with these files, as npm does. */
function check(files: Record<string, string | Buffer>, ...given: string[]) {
  const folder = mkdtempSync(join(tmpdir(), "email-agent-template-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, "templateCheck.ts"), ...given],
    {
      encoding: "utf8",
      env: { ...process.env, INIT_CWD: folder, NO_COLOR: "1", FORCE_COLOR: undefined },
    },
  );
  return { status, stdout, stderr };
}

const good = '<p>Dear ||name||,</p>\n<p><a href="https://example.org/a">A</a> <a href="*|UNSUB|*">leave</a></p>';
const badge =
  '<center><a href="https://mailchimp.com/email-referral/?utm_source=x"><img src="https://cdn-images.mailchimp.com/monkey_rewards/intuit-mc-rewards-2.png" alt="Mailchimp"></a></center>';

test("a good template ends with 0 and is rendered for an example person as it would be mailed", () => {
  const { status, stdout } = check({ "a.html": good + badge }, "a.html", "--render", "--subject", "*|FNAME|*, join us");
  expect(stdout).toContain("0 errors, 0 warnings\n");
  expect(stdout).toContain("Subject: Ana, join us\n");
  expect(stdout).toContain("Dear Ana Novak,\n\nA (https://example.org/a) leave (https://mail.example.org/u/EXAMPLE)");
  expect(stdout).not.toContain("monkey_rewards");
  expect(status).toBe(0);
});

test("findings are told with their places, and errors end the command with 1", () => {
  const html = `<p>\n  ||nmae|| [FIRST NAME]</p>${good}`;
  const { status, stdout } = check({ "a.html": html }, "a.html", "--subject", "Hi {{name}}", "--render");
  expect(stdout.split("\n").slice(0, 5)).toEqual([
    expect.stringMatching(/^subject:1:4 error Q1 .*\{\{name\}\}/),
    expect.stringMatching(/^a\.html:2:3 error Q1 Unknown macro \|\|nmae\|\|/),
    expect.stringMatching(/^a\.html:2:12 warning Q1 "\[FIRST NAME\]"/),
    "2 errors, 1 warning",
    expect.stringContaining("cannot be rendered"),
  ]);
  expect(status).toBe(1);
});

test("the template may come from standard input, and the output may be read in part", () => {
  const script = join(import.meta.dirname, "templateCheck.ts");
  const { status, stdout } = spawnSync(process.execPath, [script, "-"], { input: good, encoding: "utf8" });
  expect({ status, stdout }).toEqual({ status: 0, stdout: "0 errors, 0 warnings\n" });
  const findings = "<p>||x||</p>".repeat(900);
  const partly = spawnSync("sh", ["-c", '"$0" "$1" - | head -1', process.execPath, script], {
    input: findings,
    encoding: "utf8",
  });
  expect(partly.stderr).toBe("");
  expect(partly.stdout.split("\n")).toHaveLength(2);
});

test("--json has a stable shape", () => {
  const { status, stdout } = check({ "a.html": "<p>||x||</p>" }, "a.html", "--json", "--render");
  const { findings, ...rest } = JSON.parse(stdout);
  expect(rest).toEqual({ file: "a.html", errors: 1, warnings: 1, rendered: null });
  expect(findings).toEqual([
    { severity: "warning", rule: "Q8", part: "html", line: null, column: null, text: expect.any(String) },
    { severity: "error", rule: "Q1", part: "html", line: 1, column: 4, text: expect.any(String) },
  ]);
  expect(status).toBe(1);
  const { rendered } = JSON.parse(check({ "a.html": good }, "a.html", "--json", "--render").stdout);
  expect(Object.keys(rendered).sort()).toEqual(["html", "subject", "text"]);
});

test("the organisation's own event, prompts, merge fields, person and order are taken from --config", () => {
  const config = {
    event: { aid: "E26", name: "E", subEvents: { main: {} } },
    prompts: [{ event: "E26", key: "salutation", language: "EN", text: "Dear ||name|| of *|CITY|*" }],
    settings: { mergeFields: { CITY: "address.city" } },
    person: { id: "p2", first: "Bo", address: { city: "Oslo" } },
    order: { regLinkPresent: true },
  };
  const files = { "a.html": `#salutation\n${good}`, "c.json": JSON.stringify(config) };
  const { stdout, status } = check(files, "a.html", "--config", "c.json");
  expect(stdout).toMatch(/error Q4 The mail has no registration link/);
  expect(status).toBe(1);
  const { order: _, ...without } = config;
  const rendered = check({ ...files, "c.json": JSON.stringify(without) }, "a.html", "--config", "c.json", "--render");
  expect(rendered.stdout).toContain("Dear Bo of Oslo");
});

test("a file in its own encoding is read as Prepare reads it", () => {
  const html = '<meta charset="iso-8859-1"><p>José</p><a href="*|UNSUB|*">x</a>';
  expect(check({ "a.html": Buffer.from(html, "latin1") }, "a.html", "--render").stdout).toContain("José");
});

test("content beyond the limits is one sentence", () => {
  const { status, stdout } = check({ "a.html": "<div>".repeat(160_000) }, "a.html", "--render");
  expect(stdout).toContain("error Q9 The content has 782 KB");
  expect(status).toBe(1);
});

test.each([
  [[], "Name the template"],
  [["none.html"], "There is no file none.html."],
  [["a.html", "b.html"], "Name one template only"],
  [["a.html", "--colour"], "Unknown option '--colour'"],
  [["a.html", "--subject"], "'--subject <value>' argument missing"],
  [["a.html", "--config", "none.json"], "cannot be read"],
  [["a.html", "--config", "a.html"], "is no JSON"],
  [["a.html", "--config", "c.json"], "is wrong at settings.allowedHashtags"],
])("a wrong command is one sentence and ends with 2: %j", (given, sentence) => {
  const files = { "a.html": good, "c.json": '{"settings":{"allowedHashtags":"x"}}' };
  const { status, stdout, stderr } = check(files, ...given);
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(sentence);
  expect(stderr.trim().split("\n")).toHaveLength(1);
});

test("--help names every option", () => {
  const { status, stdout } = check({}, "--help");
  expect(status).toBe(0);
  for (const option of ["subject", "preview", "language", "config", "links", "render", "json"])
    expect(stdout).toContain(`--${option}`);
});
