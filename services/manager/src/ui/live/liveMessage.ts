import { stepNames } from "@email-agent/shared/domain/steps.ts";
import type { ServerMessage } from "@email-agent/shared/messages/socketMessage.ts";
import type { Order } from "../../api/orders.ts";

/** What of a message the page needs. */
export type LiveMessage =
  | {
      readonly type: "work-order.snapshot";
      readonly workOrderId: string;
      readonly version: number;
      readonly order: Order;
    }
  | {
      readonly type: Exclude<ServerMessage["type"], "work-order.snapshot">;
      readonly workOrderId: string;
      readonly version: number;
    };

/**
 * Reads a frame of the WebSocket; undefined if it is none of ours. It looks only at what pages rely on: the schemas of
 * the server are many times the size of this code, and the sender of these messages is ours.
 */
export function readMessage(text: string): LiveMessage | undefined {
  const message = jsonOf(text);
  if (!isRecord(message) || message["v"] !== 1) return undefined;
  const { type, workOrderId, version, order } = message;
  if (typeof workOrderId !== "string" || !Number.isInteger(version)) return undefined;
  const about = { workOrderId, version: version as number };
  if (type === "work-order.deleted" || type === "work-order.changed") return { type, ...about };
  if (type !== "work-order.snapshot" || !isOrder(order)) return undefined;
  if (order.id !== workOrderId || order.version !== version) return undefined;
  return { type, ...about, order };
}

function isOrder(value: unknown): value is Order {
  if (!isRecord(value)) return false;
  const { id, version, eventCode, languages, subjects, steps } = value;
  return (
    typeof id === "string" &&
    Number.isInteger(version) &&
    typeof eventCode === "string" &&
    Array.isArray(languages) &&
    isRecord(subjects) &&
    isRecord(steps) &&
    stepNames.every((name) => isRecord(steps[name]) && typeof steps[name]["status"] === "string")
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON, so not ours.
    return undefined;
  }
}
