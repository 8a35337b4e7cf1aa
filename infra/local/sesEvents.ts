/*
 * Events as Amazon SES publishes them: the examples of its developer guide (Examples of event data that Amazon SES publishes
 * to Amazon SNS) and ones that people have shown in public, with addresses and ids replaced.
 */

type Headers = readonly { readonly name: string; readonly value: string }[];

/** The part that every event has. `headers`: those of the mail as it was handed to SES. */
export function sesMail(headers: Headers = [], destination = ["recipient@example.com"]) {
  return {
    timestamp: "2017-08-05T00:40:02.012Z",
    source: "Sender Name <sender@example.com>",
    sourceArn: "arn:aws:ses:us-east-1:123456789012:identity/sender@example.com",
    sendingAccountId: "123456789012",
    messageId: "EXAMPLE7c191be45-e9aedb9a-02f9-4d12-a87d-dd0099a07f8a-000000",
    destination,
    headersTruncated: false,
    headers: [
      { name: "From", value: "Sender Name <sender@example.com>" },
      { name: "To", value: destination[0] },
      { name: "Subject", value: "Message sent from Amazon SES" },
      { name: "MIME-Version", value: "1.0" },
      { name: "Content-Type", value: 'multipart/alternative; boundary="----=_Part_7307378_1629847660.1516840721503"' },
      ...headers,
    ],
    commonHeaders: {
      from: ["Sender Name <sender@example.com>"],
      to: destination,
      messageId: "EXAMPLE7c191be45-e9aedb9a-02f9-4d12-a87d-dd0099a07f8a-000000",
      subject: "Message sent from Amazon SES",
    },
    tags: {
      "ses:configuration-set": ["ConfigSet"],
      "ses:source-ip": ["192.0.2.0"],
      "ses:from-domain": ["example.com"],
    },
  };
}

/** A bounce of these recipients. */
export function sesBounce(
  bounceType: string,
  bounceSubType: string,
  bouncedRecipients: readonly { emailAddress: string; action?: string; status?: string; diagnosticCode?: string }[],
) {
  return {
    bounceType,
    bounceSubType,
    bouncedRecipients,
    timestamp: "2017-08-05T00:41:02.669Z",
    feedbackId: "01000157c44f053b-61b59c11-9236-11e6-8f96-7be8aexample-000000",
    reportingMTA: "dsn; mta.example.com",
  };
}

export const sesComplaint = {
  complainedRecipients: [{ emailAddress: "recipient@example.com" }],
  timestamp: "2017-08-05T00:41:02.669Z",
  feedbackId: "01000157c44f053b-61b59c11-9236-11e6-8f96-7be8aexample-000000",
  userAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64)",
  complaintFeedbackType: "abuse",
  arrivalDate: "2017-08-05T00:41:02.669Z",
};

/** The envelope of SNS where raw delivery is off. */
export function inSns(message: unknown): string {
  return JSON.stringify({
    Type: "Notification",
    MessageId: "483eae4c-4fb0-57e5-a5f9-ff9b08612bef",
    TopicArn: "arn:aws:sns:us-west-2:123456789000:ses_messages",
    Subject: "Amazon SES Email Event Notification",
    Message: typeof message === "string" ? message : JSON.stringify(message),
    Timestamp: "2017-07-05T20:01:21.366Z",
    SignatureVersion: "1",
  });
}
