import { PublishCommand } from "@aws-sdk/client-sns";
import { namesInvalidRecord } from "../domain/recipients/invalidRecords.ts";
import type { Detail } from "../domain/workOrder.ts";
import { traceContext } from "../kit/tracing.ts";
import { payloadLimitBytes, type StatusEvent } from "../messages/statusEvent.ts";
import type { Aws } from "./aws.ts";

/** The SNS topic of status events. */
export interface StatusTopic {
  /** Rejects if SNS did not take the event; the caller decides that this fails nothing. */
  publish(event: StatusEvent): Promise<void>;
}

type Snapshot = Extract<StatusEvent, { type: "work-order.snapshot" }>;

/** A write waits this long for its publication and no longer: an unresponsive SNS must not delay a stop. */
const publishMilliseconds = 1000;

export function statusTopic(aws: Pick<Aws, "sns">, config: { STATUS_TOPIC_ARN: string }): StatusTopic {
  return {
    async publish(event) {
      const command = new PublishCommand({
        TopicArn: config.STATUS_TOPIC_ARN,
        Message: statusPayload({ ...event, ...traceContext() }),
      });
      await aws.sns.send(command, { abortSignal: AbortSignal.timeout(publishMilliseconds) });
    },
  };
}

/**
 * The event as JSON. Clients read over HTTP, by their own rights, the `details` that are left out: all if the event would
 * exceed 24 KB, and those of a step that name people of the whole table, for everybody who may see the event hears it.
 */
function statusPayload(event: StatusEvent): string {
  if (event.type !== "work-order.snapshot") return JSON.stringify(event);
  const whole = JSON.stringify(withoutDetails(event, (details) => details.some(namesInvalidRecord)));
  if (Buffer.byteLength(whole) <= payloadLimitBytes) return whole;
  return JSON.stringify(withoutDetails(event, () => true));
}

function withoutDetails(event: Snapshot, areLeftOut: (details: readonly Detail[]) => boolean): Snapshot {
  const steps = Object.entries(event.order.steps).map(([name, { details, ...step }]) => [
    name,
    { ...step, ...(details && !areLeftOut(details) && { details }) },
  ]);
  return { ...event, order: { ...event.order, steps: Object.fromEntries(steps) } };
}
