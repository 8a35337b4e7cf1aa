import { MathExpression } from "aws-cdk-lib/aws-cloudwatch";
import { productMetric } from "./productMetrics.ts";
import { maximum, minutes, sum, type Watch } from "./watch.ts";

/** Mail: the share that failed, what is in doubt, quotas and pauses of accounts. */
export function mailWatches(): Watch[] {
  const sender = { service: "sender" };
  const share = new MathExpression({
    // A few refused addresses of a small mailing are normal. Where every mail fails there is no figure of mails sent: without
    // FILL there would be no share either.
    expression: "IF(FILL(sent, 0) + failed >= 50, 100 * failed / (FILL(sent, 0) + failed), 0)",
    usingMetrics: {
      sent: sum(productMetric("MailsSent", sender)),
      failed: sum(productMetric("SendFailures", sender)),
    },
    label: "Failed, percent",
    ...minutes(5),
  });
  return [
    {
      id: "failure-share",
      means: "Over 10 % of the mails failed within five minutes",
      first: "read the replies in the recipients window; stop the Send if they are about the account or the content",
      metric: share,
      above: 10,
    },
    {
      id: "in-doubt",
      means: "Whether some mails were delivered is not known",
      first: "open them in the recipients window, check the mail server's log, and resolve them",
      metric: sum(productMetric("SendInDoubt", sender)),
      above: 0,
    },
    {
      id: "quota",
      means: "An account has used over 90 % of its daily quota, and its Sends will sleep when it is used up",
      first: "check whether the provider allows more, or leave it: they resume by themselves",
      metric: maximum(productMetric("QuotaUsed", sender), 5),
      above: 90,
    },
    {
      id: "account-pauses",
      means: "An account pauses again and again, because its mail server throttles it or does not respond",
      first:
        "read the server's reply in the message of the Send; it ends in error after two hours of throttling, or minutes without a server",
      metric: sum(productMetric("AccountPaused", sender), 15),
      above: 3,
    },
    {
      id: "notice-failures",
      means: "A notice about a Send could not be mailed, so its starter may not know how it ended",
      first: "read the log of sender for the notice, and correct the address of the user or of the setting Notices",
      metric: sum(productMetric("NoticeFailures", sender)),
      above: 0,
    },
    {
      id: "bounce-mailbox",
      means: "A bounce mailbox has not been read for fifteen minutes, so it is not known whose mail came back",
      first: "open the account in Settings and run its check: the line Bounce mailbox says what is wrong",
      metric: maximum(productMetric("BounceMailboxesFailing", { service: "ingest" }), 5),
      above: 0,
    },
  ];
}
