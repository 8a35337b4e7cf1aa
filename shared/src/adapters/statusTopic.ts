import { PublishCommand } from "@aws-sdk/client-sns";
import { payloadLimitBytes, type StatusEvent } from "../messages/statusEvent.ts";
import type { Aws } from "./aws.ts";

/** The SNS topic of status events. */
export interface StatusTopic {
  /** Rejects if SNS did not take the event; the caller decides that this fails nothing. */
  publish(event: StatusEvent): Promise<void>;
}

/** A write waits this long for its publication and no longer: a silent SNS must not hold up a stop. */
const publishMilliseconds = 1000;

export function statusTopic(aws: Pick<Aws, "sns">, config: { STATUS_TOPIC_ARN: string }): StatusTopic {
  return {
    async publish(event) {
      const command = new PublishCommand({ TopicArn: config.STATUS_TOPIC_ARN, Message: statusPayload(event) });
      await aws.sns.send(command, { abortSignal: AbortSignal.timeout(publishMilliseconds) });
    },
  };
}

/** The event as JSON, without `details` if it would exceed 24 KB: the client then reads them over HTTP. */
function statusPayload(event: StatusEvent): string {
  const whole = JSON.stringify(event);
  if (event.type !== "work-order.snapshot" || Buffer.byteLength(whole) <= payloadLimitBytes) return whole;
  const steps = Object.fromEntries(
    Object.entries(event.order.steps).map(([name, { details: _, ...step }]) => [name, step]),
  );
  return JSON.stringify({ ...event, order: { ...event.order, steps } });
}
