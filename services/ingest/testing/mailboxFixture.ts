import { bounceMailboxes } from "@email-agent/shared/adapters/bounceMailboxes.ts";
import { documents } from "@email-agent/shared/adapters/documents.ts";
import { unmatchedReports } from "@email-agent/shared/adapters/unmatchedReports.ts";
import { messageIdOf } from "@email-agent/shared/domain/delivery/messageId.ts";
import { signPublicToken } from "@email-agent/shared/domain/delivery/publicToken.ts";
import { systemClock } from "@email-agent/shared/kit/clock.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import { aParticipant } from "@email-agent/shared/testing/builders.ts";
import { loopbackCertificate } from "@email-agent/shared/testing/loopbackCertificate.ts";
import { countedMetrics } from "@email-agent/shared/testing/pipeline.ts";
import { aDelivery, putDeliveries } from "@email-agent/shared/testing/putDeliveries.ts";
import { putParticipants } from "@email-agent/shared/testing/putParticipants.ts";
import { onTestFinished } from "vitest";
import { startTestStack } from "../../../infra/local/testStack.ts";
import type { MailboxAccess } from "../src/bounces/mailboxSession.ts";
import { type MailboxPorts, type MailboxTimes, readMailbox } from "../src/bounces/readMailbox.ts";
import { reportPorts } from "../src/bounces/startBounces.ts";
import { takeReport } from "../src/bounces/takeReport.ts";
import { startDovecot } from "./dovecot.ts";

export const mailing = "E2026_weekend_reg_EN";
export const shortTimes: MailboxTimes = {
  ...{ pollMilliseconds: 500, heartbeatMilliseconds: 200, proofMilliseconds: 1500, leaseMilliseconds: 2500 },
  ...{ firstBackoffMilliseconds: 100, longestBackoffMilliseconds: 500, laterMilliseconds: 200 },
};

/** Tables, a Dovecot, and readers of its mailboxes as ingest has them. */
export async function mailboxFixture() {
  await using starting = new AsyncDisposableStack();
  const lines: string[] = [];
  const write = (fields: object, text: string) => {
    const { error, ...rest } = fields as { error?: Error };
    lines.push(`${text} ${JSON.stringify(rest)} ${error?.message ?? ""} ${error?.cause ?? ""}`);
  };
  const log: Log = { debug: write, info: write, warn: write, error: write };
  const metrics = countedMetrics();
  const { aws, config } = starting.use(await startTestStack({ cloud: true }));
  const dovecot = starting.use(await startDovecot());
  const { PUBLIC_TOKEN_SECRET: secrets } = config;
  const mailboxes = bounceMailboxes(aws, config);
  const unmatched = unmatchedReports(aws, config, documents(aws, config));
  const options = { aws, config: { ...config, BOUNCE_QUEUE_URL: "" }, log, metrics, clock: systemClock };
  const reports = reportPorts({ ...options, signal: new AbortController().signal });
  const owned = starting.move();
  let made = 0;
  return {
    ...{ aws, config, dovecot, mailboxes, reports, unmatched, log, lines, metrics },
    /** A mailbox of one test alone. */
    aMailbox(): { key: string; user: string; access: MailboxAccess } {
      made += 1;
      const user = `bounces-${made}`;
      const where = { host: "127.0.0.1", port: dovecot.port, security: "tls", folder: "INBOX" } as const;
      return { key: `key-${made}`, user, access: { ...where, username: user, password: dovecot.password } };
    },
    /** Reads until the test ends, or `stop` is called. */
    reading(
      { key, access }: { key: string; access: MailboxAccess | (() => Promise<MailboxAccess>) },
      more: Partial<MailboxPorts> = {},
    ) {
      const closing = new AbortController();
      const ports: MailboxPorts = {
        take: (report, raw) => takeReport(reports, report, raw),
        keep: unmatched.keep,
        ...{ mailboxes, holder: `holder-${Math.random()}`, clock: systemClock, log, metrics },
        ...{ trustedCertificates: loopbackCertificate, ...more },
      };
      const accessed = typeof access === "function" ? access : async () => access;
      const done = readMailbox(ports, { key, access: accessed }, closing.signal, shortTimes);
      const stop = async () => {
        closing.abort(new AppError("shutting-down", "The test is over."));
        await done;
      };
      onTestFinished(stop);
      return { stop, ports };
    },
    /** A person who got a mail of the mailing, and the report of a mail server that their mailbox does not exist. */
    async aBounce(fields: { status?: "sent" | "sending" } = {}) {
      made += 1;
      const id = `p-${made}`;
      const subject = { participantId: id, mailingKey: mailing };
      const messageId = messageIdOf(secrets, subject, "office.example");
      await putParticipants(aws, config, [aParticipant({ id, email: `${id}@example.org` })]);
      const delivery = aDelivery({ participantId: id, messageId, email: `${id}@example.org`, ...fields });
      await putDeliveries(aws, config.DELIVERIES_TABLE, mailing, [delivery]);
      const token = signPublicToken(secrets, "unsubscribe", subject);
      return {
        id,
        mail: bounceMail(`${id}@example.org`, { messageId, token }),
        complaint: complaintMail({ messageId, token }),
        delivery: () => reports.deliveries.get(mailing, id),
        person: () => reports.participants.get(id),
      };
    },
    async keptReports(): Promise<number> {
      return (await Array.fromAsync(unmatched.pages())).flat().length;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

export function bounceMail(address: string, { messageId, token }: { messageId: string; token: string }): string {
  return crlf(`Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
To: bounces@office.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_1"

--=_1
Content-Type: text/plain

It could not be delivered.

--=_1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; ${address}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <${address}>: user unknown

--=_1
Content-Type: text/rfc822-headers

Message-ID: ${messageId}
List-Unsubscribe: <https://mail.office.example/u/${token}>
X-Email-Agent-Mailing: ${mailing}

--=_1--
`);
}

function complaintMail({ messageId, token }: { messageId: string; token: string }): string {
  return crlf(`From: feedback@provider.example
Subject: Email Feedback Report
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="=_1"

--=_1
Content-Type: text/plain

This is an email abuse report.

--=_1
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Provider/1.0
Version: 1

--=_1
Content-Type: message/rfc822

Message-ID: ${messageId}
List-Unsubscribe: <https://mail.office.example/u/${token}>

text
--=_1--
`);
}

function crlf(text: string): string {
  return text.replace(/\n/g, "\r\n");
}
