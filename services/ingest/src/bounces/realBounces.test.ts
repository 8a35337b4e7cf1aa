import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { judgeBounce } from "@email-agent/shared/domain/bounces/judgeBounce.ts";
import { type MailReport, readBounceMail } from "@email-agent/shared/domain/bounces/readBounceMail.ts";
import { expect, test } from "vitest";
import { readMail } from "./readMail.ts";
import { realBounces } from "./realBounces.ts";

const folder = fileURLToPath(new URL("./realBounces/", import.meta.url));

async function reading(file: string) {
  const mail = await readMail(readFileSync(`${folder}${file}.eml`));
  if (!mail) throw new Error(`${file} cannot be taken apart.`);
  return readBounceMail(mail);
}

function verdictOf(report: MailReport): string {
  if (report.kind === "complaint") return "complaint";
  const verdict = judgeBounce({ ...report, reportedBy: "mailbox" });
  return verdict?.kind === "soft" && !verdict.counts ? "soft, not counted" : String(verdict?.kind);
}

test.each(realBounces)("acceptance 160: $file, as $by writes it, is: $is", async (bounce) => {
  const { file, is, format, code, recipient = "ana@example.org" } = bounce;
  const found = await reading(file);
  if (format === undefined) {
    expect(found.is === "other" ? found.why : found.is).toBe(is);
    return;
  }
  if (found.is !== "reports") throw new Error(`${file} was read as ${found.is}: ${found.why}`);
  expect(found.format).toBe(format);
  expect(found.reports.map(verdictOf)).toEqual([is]);
  const [report] = found.reports;
  expect({ code: report?.code, recipient: report?.recipient ?? "" }).toEqual({ code, recipient });
  // Each names the mail that came back, so that it finds its delivery.
  expect(report?.messageId).toBe("<0f3a9c51d27be8460f3a9c51d27be846@office.example>");
});

test("every mail of the folder is in the table, and no mail twice", () => {
  const files = readdirSync(folder).map((name) => name.replace(/\.eml$/, ""));
  expect(files.sort()).toEqual(realBounces.map(({ file }) => file).sort());
});

test("a returned mail is known by its Message-ID, its key and the token of its unsubscribe link", async () => {
  const found = await reading("postfix-unknown-user");
  expect(found.is === "reports" && found.reports[0]).toMatchObject({
    messageId: "<0f3a9c51d27be8460f3a9c51d27be846@office.example>",
    mailing: "SUMMER26_main_reg_EN",
    run: "run-0001",
    unsubscribeToken: expect.stringMatching(/^WyJwLTQ3MTEi[\w-]+\.[\w-]{43}$/),
  });
});
