import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inSns, sesBounce, sesComplaint, sesMail } from "../../../../infra/local/sesEvents.ts";
import { messageIdOf } from "../delivery/messageId.ts";
import { signPublicToken } from "../delivery/publicToken.ts";
import { judgeBounce } from "./judgeBounce.ts";
import { readSesEvent } from "./sesEvent.ts";

const now = Date.UTC(2026, 0, 1);
const read = (event: unknown) => {
  const reading = readSesEvent(typeof event === "string" ? event : JSON.stringify(event), now);
  if ("problem" in reading) throw new Error(reading.problem);
  return reading.reports;
};
const bounced = (type: string, subType: string, status?: string, diagnosticCode?: string) =>
  read({
    eventType: "Bounce",
    bounce: sesBounce(type, subType, [
      {
        emailAddress: "recipient@example.com",
        action: "failed",
        ...(status && { status }),
        ...(diagnosticCode && { diagnosticCode }),
      },
    ]),
    mail: sesMail(),
  });

test("the bounce of the developer guide", () => {
  expect(bounced("Permanent", "General", "5.1.1", "smtp; 550 5.1.1 user unknown")).toEqual([
    {
      kind: "hard",
      recipient: "recipient@example.com",
      code: "5.1.1",
      reply: "smtp; 550 5.1.1 user unknown",
      at: "2017-08-05T00:41:02.669Z",
      reportedBy: "ses",
      sourceId: "01000157c44f053b-61b59c11-9236-11e6-8f96-7be8aexample-000000:0",
    },
  ]);
});

describe("what types and subtypes mean", () => {
  test.each([
    ["Permanent", "General", "5.1.1", "smtp; 550 5.1.1 user unknown", "hard", true],
    ["Permanent", "General", undefined, undefined, "hard", true],
    ["Permanent", "NoEmail", undefined, undefined, "hard", true],
    [
      "Permanent",
      "Suppressed",
      "5.1.1",
      "Amazon SES has suppressed sending to this address because it has a recent history of bouncing as an invalid address. For more information about how to remove an address from the suppression list, see the Amazon SES Developer Guide",
      "hard",
      true,
    ],
    [
      "Permanent",
      "OnAccountSuppressionList",
      undefined,
      "Amazon SES did not send the message to this address because it is on the suppression list for your account.",
      "hard",
      true,
    ],
    ["Permanent", "UnsubscribedRecipient", undefined, undefined, "soft", false],
    ["Permanent", "General", "5.2.2", "smtp; 552 5.2.2 The mailbox is full", "soft", false],
    [
      "Permanent",
      "General",
      "5.7.1",
      "smtp; 550 5.7.1 [CS] Message blocked. Your IP is on a block list",
      "soft",
      false,
    ],
    [
      "Transient",
      "General",
      "4.4.7",
      "smtp; 550 4.4.7 Message expired: unable to deliver in 840 minutes.<421 4.4.1 Unable to connect to MTA>",
      "soft",
      true,
    ],
    ["Transient", "MailboxFull", "4.2.2", "smtp; 452 4.2.2 mailbox full", "soft", false],
    ["Transient", "MailboxFull", undefined, undefined, "soft", false],
    ["Transient", "MessageTooLarge", undefined, undefined, "soft", false],
    ["Transient", "ContentRejected", undefined, undefined, "soft", false],
    ["Transient", "AttachmentRejected", undefined, undefined, "soft", false],
    ["Transient", "CustomTimeoutExceeded", undefined, undefined, "soft", true],
    ["Undetermined", "Undetermined", undefined, undefined, "soft", true],
  ] as const)("%s %s %s %s: %s", (type, subType, status, reply, kind, counts) => {
    const [report, ...more] = bounced(type, subType, status, reply);
    expect(more).toEqual([]);
    expect(judgeBounce(report!)).toEqual({ kind, counts });
  });
});

test("several recipients are reports of their own, each with its own id", () => {
  const recipients = ["one@example.com", "two@example.com"].map((emailAddress) => ({ emailAddress, status: "5.1.1" }));
  const reports = read({ eventType: "Bounce", bounce: sesBounce("Permanent", "General", recipients), mail: sesMail() });
  expect(reports.map(({ recipient }) => recipient)).toEqual(["one@example.com", "two@example.com"]);
  expect(new Set(reports.map(({ sourceId }) => sourceId)).size).toBe(2);
});

test("SES replaces the Message-ID: ours and the token are in the headers of the mail", () => {
  const subject = { participantId: "p-1", mailingKey: "E2026_weekend_reg_EN" };
  const messageId = messageIdOf("a secret", subject, "example.org");
  const unsubscribeToken = signPublicToken("a secret", "unsubscribe", subject);
  const headers = [
    { name: "message-id", value: messageId },
    { name: "List-Unsubscribe", value: `<https://mail.example.org/u/${unsubscribeToken}>, <mailto:leave@example.org>` },
    { name: "X-Email-Agent-Mailing", value: "E2026_weekend_reg_EN" },
    { name: "X-Email-Agent-Run", value: "01RUN" },
  ];
  const [report] = read({ eventType: "Complaint", complaint: sesComplaint, mail: sesMail(headers) });
  expect(report).toMatchObject({ kind: "complaint", complaintType: "abuse", messageId, unsubscribeToken });
  expect(report).toMatchObject({ mailing: "E2026_weekend_reg_EN", run: "01RUN" });
});

test("the older notification of an identity, in the envelope of SNS, and an event in that of EventBridge", () => {
  const [event] = [{ eventType: "Complaint", complaint: sesComplaint, mail: sesMail() }];
  const { eventType: notificationType, ...rest } = event;
  const plain = read(event);
  expect(plain).toHaveLength(1);
  for (const body of [
    inSns(event),
    inSns({ notificationType, ...rest }),
    { "detail-type": "Email Complained", detail: event },
  ])
    expect(read(body)).toEqual(plain);
});

test("what SES refused itself is about the mail, not the person", () => {
  const reject = read({ eventType: "Reject", mail: sesMail(), reject: { reason: "Bad content" } });
  const failure = { errorMessage: "Attribute 'name' is not present in the rendering data.", templateName: "T" };
  const rendering = read({ eventType: "Rendering Failure", mail: sesMail(), failure });
  expect(reject).toMatchObject([
    { kind: "rejected", recipient: "recipient@example.com", reply: "rejected by SES: Bad content" },
  ]);
  expect(rendering).toMatchObject([{ kind: "rejected" }]);
  expect(judgeBounce(reject[0]!)).toEqual({ kind: "soft", counts: false });
});

test("deliveries and delays are read, other kinds of events and the trials of AWS say nothing", () => {
  const delivery = {
    timestamp: "2016-10-19T23:21:04.133Z",
    recipients: ["recipient@example.com"],
    smtpResponse: "250 2.6.0 Message received",
  };
  expect(read({ eventType: "Delivery", mail: sesMail(), delivery })).toMatchObject([{ kind: "delivered" }]);
  const deliveryDelay = {
    timestamp: "2020-06-16T00:25:40.095Z",
    delayType: "TransientCommunicationFailure",
    delayedRecipients: [{ emailAddress: "a@b.example", status: "4.4.1" }],
  };
  expect(read({ eventType: "DeliveryDelay", mail: sesMail(), deliveryDelay })).toMatchObject([{ kind: "delayed" }]);
  for (const eventType of ["Send", "Open", "Click", "Subscription", "Something new"])
    expect(read({ eventType, mail: sesMail() })).toEqual([]);
  expect(read("Successfully validated SNS topic for Amazon SES event publishing.")).toEqual([]);
  expect(read(inSns("Successfully validated SNS topic for Amazon SES event publishing."))).toEqual([]);
  expect(
    read({ notificationType: "AmazonSnsSubscriptionSucceeded", message: "You have successfully subscribed" }),
  ).toEqual([]);
  expect(read({ Type: "SubscriptionConfirmation", Message: "You have chosen to subscribe", Token: "x" })).toEqual([]);
});

test("what is no event is named, and no text makes it throw", () => {
  const problem = (body: string) => readSesEvent(body, now);
  for (const body of ["", "[]", "null", "{not json", "{}", '{"eventType":7}', '{"eventType":"Bounce"}'])
    expect(problem(body), body).toHaveProperty("problem");
  expect(problem(JSON.stringify({ eventType: "Bounce", mail: sesMail() }))).toHaveProperty("problem");
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (body) => void problem(body)));
  const nested = Array.from({ length: 50 }).reduce(
    (body: string) => JSON.stringify({ Message: body.slice(0, 5000) }),
    "{}",
  );
  problem(nested);
});
