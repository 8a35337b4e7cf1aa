import { readFileSync } from "node:fs";
import { judgeBounce } from "@email-agent/shared/domain/bounces/judgeBounce.ts";
import { readBounceMail } from "@email-agent/shared/domain/bounces/readBounceMail.ts";
import { messageIdOf, messageIdSubject } from "@email-agent/shared/domain/delivery/messageId.ts";
import { signPublicToken, verifyPublicToken } from "@email-agent/shared/domain/delivery/publicToken.ts";
import { readMail } from "../../../services/ingest/src/bounces/readMail.ts";
import { realBounces } from "../../../services/ingest/src/bounces/realBounces.ts";
import type { Observed, Trial } from "../scenario.ts";
import { explore } from "./explore.ts";
import { mutated } from "./hostileText.ts";

const secret = "a-secret-of-the-tests-only";
const subject = { participantId: "p-4711", mailingKey: "SUMMER26_main_reg_EN" };
const messageId = messageIdOf(secret, subject, "office.example");
const token = signPublicToken(secret, "unsubscribe", subject);

/** The real forms, about a mail that this installation has signed. */
const examples = realBounces.map(({ file }) =>
  readFileSync(new URL(`../../../services/ingest/src/bounces/realBounces/${file}.eml`, import.meta.url), "latin1")
    .replaceAll("<0f3a9c51d27be8460f3a9c51d27be846@office.example>", messageId)
    .replace(/WyJwLTQ3MTEi[\w-]+\.[\w-]{43}/g, token),
);
const other = messageIdOf("another secret", { ...subject, participantId: "p-1" }, "office.example");
const pieces = [
  ...[
    "\r\n",
    "\r\n\r\n",
    "--=_",
    "--",
    "\n--\n",
    "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n".repeat(40),
    "Content-Type: message/rfc822\r\n\r\n",
  ],
  ...[
    "Final-Recipient: rfc822; x@evil.example\r\n",
    "Action: failed\r\n",
    "Status: 5.1.1\r\n",
    "Diagnostic-Code: smtp; 550 5.1.1 gone\r\n",
    "Final-Recipient: rfc822; ".repeat(500),
  ],
  ...[
    `Message-ID: ${other}\r\n`,
    `Message-ID: ${messageId.slice(0, -30)}x@office.example>\r\n`,
    "Message-ID: <",
    "List-Unsubscribe: <https://x/u/",
    "Feedback-Type: abuse\r\n",
  ],
  ...[
    "Content-Transfer-Encoding: base64\r\n",
    "Content-Transfer-Encoding: quoted-printable\r\n",
    "=\r\n",
    "=3D=".repeat(3000),
    "charset=utf-7",
    "charset=iso-2022-jp",
    "\x1b$B",
  ],
  ...[
    "<".repeat(20_000),
    "a@".repeat(20_000),
    "(".repeat(20_000),
    " ".repeat(50_000),
    "<a ".repeat(10_000),
    "\t".repeat(20_000),
    '"'.repeat(20_000),
    "\0".repeat(1000),
    "x".repeat(100_000),
  ],
];

async function judge(text: string): Promise<string | undefined> {
  const mail = await readMail(Buffer.from(text, "latin1"));
  if (!mail) return undefined;
  const found = readBounceMail(mail);
  if (found.is !== "reports")
    return found.is === "other" || found.why !== "" ? undefined : "A mail is unread, and it is not said why.";
  if (found.reports.length === 0 || found.reports.length > 20) return `A mail has ${found.reports.length} reports.`;
  for (const report of found.reports) {
    judgeBounce({ ...report, reportedBy: "mailbox" });
    const named = [
      report.messageId === undefined ? undefined : messageIdSubject(secret, report.messageId),
      report.unsubscribeToken === undefined
        ? undefined
        : verifyPublicToken(secret, "unsubscribe", report.unsubscribeToken),
    ];
    for (const one of named)
      if (one && (one.participantId !== subject.participantId || one.mailingKey !== subject.mailingKey))
        return `It names ${JSON.stringify(one)}, which was never signed.`;
    if (Object.values(report).some((value) => typeof value === "string" && value.length > 70_000))
      return "A field of a report has more than 70 kB.";
  }
  return undefined;
}

/** Real reports, changed: each is read in bounded time, and names no mail but the one that it was signed for. */
export function hostileReturnedMail(trial: Trial & { readonly tries: number }): Promise<Observed> {
  return explore(mutated(examples, pieces), judge, trial);
}
