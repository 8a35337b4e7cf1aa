import { PublishCommand } from "@aws-sdk/client-sns";
import { namesInvalidRecord } from "../domain/recipients/invalidRecords.ts";
import type { Detail, WorkOrder } from "../domain/workOrder.ts";
import { traceContext } from "../kit/tracing.ts";
import { orderSnapshotSchema, payloadLimitBytes, type StatusEvent } from "../messages/statusEvent.ts";
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
        Message: JSON.stringify(carriedEvent({ ...event, ...traceContext() })),
      });
      await aws.sns.send(command, { abortSignal: AbortSignal.timeout(publishMilliseconds) });
    },
  };
}

/** The event of a state of an order. `at`: when it is published. */
export function snapshotEvent(order: WorkOrder, at: string): Snapshot {
  const { command: _, ...snapshot } = order;
  const { id: workOrderId, eventCode, version } = order;
  const envelope = { v: 1, type: "work-order.snapshot", workOrderId, eventCode, version, at } as const;
  return { ...envelope, order: orderSnapshotSchema.parse(snapshot) };
}

/**
 * The event as everybody hears it who may see it. Clients read over HTTP, by their own rights, the `details` that are left
 * out: all if the event would exceed 24 KB as JSON, and those of a step that name people of the whole table.
 */
export function carriedEvent(event: StatusEvent): StatusEvent {
  if (event.type !== "work-order.snapshot") return event;
  const whole = withoutDetails(event, (details) => details.some(namesInvalidRecord));
  if (Buffer.byteLength(JSON.stringify(whole)) <= payloadLimitBytes) return whole;
  return withoutDetails(event, () => true);
}

function withoutDetails(event: Snapshot, areLeftOut: (details: readonly Detail[]) => boolean): Snapshot {
  const steps = Object.entries(event.order.steps).map(([name, { details, ...step }]) => [
    name,
    { ...step, ...(details && !areLeftOut(details) && { details }) },
  ]);
  return { ...event, order: { ...event.order, steps: Object.fromEntries(steps) } };
}
