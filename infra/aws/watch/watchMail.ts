import { MathExpression } from "aws-cdk-lib/aws-cloudwatch";
import { productMetric } from "./productMetrics.ts";
import { maximum, minutes, sum, type Watch } from "./watch.ts";

/** What became of mails, and what accounts have left. */
export function mailWatches(): Watch[] {
  const sender = { service: "sender" };
  const share = new MathExpression({
    // A few refused addresses of a small mailing are no news. Where every mail fails there is no figure of mails sent: without
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
    { id: "failure-share", text: "Over 10 % of the mails failed within five minutes.", metric: share, above: 10 },
    {
      id: "in-doubt",
      text: "Mails whose delivery is not known: look at them in the recipients window and resolve them.",
      metric: sum(productMetric("SendInDoubt", sender)),
      above: 0,
    },
    {
      id: "quota",
      text: "An account has used over 90 % of its daily quota; its Sends will sleep when it is used up.",
      metric: maximum(productMetric("QuotaUsed", sender), 5),
      above: 90,
    },
  ];
}
