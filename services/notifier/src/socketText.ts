import type { ServerMessage } from "@email-agent/shared/messages/socketMessage.ts";
import { payloadLimitBytes, type StatusEvent } from "@email-agent/shared/messages/statusEvent.ts";

/**
 * The text a browser gets for an event. A payload over 24 KB (API Gateway's frame limit is 32 KB) loses its `details`;
 * a text that is still too large becomes `work-order.changed`, and the browser reads the order over HTTP.
 */
export function socketText(event: StatusEvent): string {
  const whole = JSON.stringify(event satisfies ServerMessage);
  if (fits(whole) || event.type !== "work-order.snapshot") return whole;
  const steps = Object.fromEntries(
    Object.entries(event.order.steps).map(([name, { details: _, ...record }]) => [name, record]),
  );
  const lean = JSON.stringify({ ...event, order: { ...event.order, steps } });
  if (fits(lean)) return lean;
  const changed: ServerMessage = {
    v: 1,
    type: "work-order.changed",
    workOrderId: event.workOrderId,
    version: event.version,
  };
  return JSON.stringify(changed);
}

function fits(text: string): boolean {
  return Buffer.byteLength(text) <= payloadLimitBytes;
}
