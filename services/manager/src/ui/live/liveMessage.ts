import { stepNames } from "@email-agent/shared/domain/steps.ts";
import type { ServerMessage } from "@email-agent/shared/messages/socketMessage.ts";
import type { Order } from "../../api/orders.ts";

/** The part of a message that pages need. */
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
 * Parses a WebSocket frame; undefined if it is not ours. Checks only what pages rely on: the server's schemas are many times
 * the size of this code, and the sender is trusted.
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
