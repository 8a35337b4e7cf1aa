import type { Action } from "@email-agent/shared/domain/command.ts";
import { judgeStart } from "@email-agent/shared/domain/lifecycle/startGuards.ts";
import { mayWrite } from "@email-agent/shared/domain/role.ts";
import { isKnownStatus, type KnownStatus, type StepName } from "@email-agent/shared/domain/steps.ts";
import type { Order } from "../../api/orders.ts";
import type { Viewer } from "../../api/shell.ts";
import type { ConnectionState } from "../live/liveStore.ts";
import { actionWords } from "../live/pendingCommands.ts";
import { momentText } from "../shell/momentText.ts";
import { localTimes } from "./stepWords.ts";

/** The button of a step. */
export interface StepCommand {
  readonly label: "Start" | "Stop" | "Restart";
  readonly action: Action;
  /** Why it is disabled now, and what would change that. */
  readonly blocked?: string;
}

const labels: Readonly<Record<KnownStatus, StepCommand["label"]>> = {
  ready: "Start",
  working: "Stop",
  complete: "Restart",
  error: "Restart",
  interrupted: "Start",
  exception: "Start",
  sleeping: "Stop",
};

export interface ButtonFacts {
  readonly role: Viewer["role"];
  readonly connection: ConnectionState;
  /** The command of this browser that is not judged yet. */
  readonly pending: { readonly step: StepName; readonly action: Action } | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
  /** The name of a user id. */
  readonly nameOf: (userId: string) => string;
}

/** What the button of a step does, and what blocks it. The server and ingest check again. */
export function stepCommand(order: Order, step: StepName, facts: ButtonFacts): StepCommand {
  const { status } = order.steps[step];
  const label = isKnownStatus(status) ? labels[status] : "Start";
  const action = label === "Stop" ? "stop" : "start";
  const blocked = blockedBy(order, step, action, facts);
  return { label, action, ...(blocked !== undefined && { blocked }) };
}

function blockedBy(order: Order, step: StepName, action: Action, facts: ButtonFacts): string | undefined {
  const { role, connection, pending } = facts;
  if (!mayWrite({ role })) return "Your role is Read Only: you cannot start or stop steps.";
  if (pending) return `${actionWords[pending.action]} of ${pending.step} is being checked. Wait a moment.`;
  // A Send that goes wrong must be stoppable even if the live connection is down; the server checks in any case.
  if (action === "stop") return undefined;
  if (connection === "connecting") return "Connecting. Wait a moment.";
  if (connection === "disconnected")
    return "Disconnected: this page may be out of date. Wait for the connection to return.";
  if (order.pendingCommandAt) return "A command for this work order is being checked. Wait a moment.";
  return startBlockedBy(order, step, facts);
}

/** What blocks the start of a step; undefined if nothing does. */
export function startBlockedBy(
  order: Order,
  step: StepName,
  { now, nameOf }: Pick<ButtonFacts, "now" | "nameOf">,
): string | undefined {
  const verdict = judgeStart(order, step, now);
  if (verdict.verdict === "granted") return undefined;
  const { editLease, archived } = order;
  const isEdited = !archived && editLease !== undefined && Date.parse(editLease.expiresAt) > now;
  if (!isEdited) return localTimes(verdict.reason);
  // A browser that was closed or lost its network keeps the edit lease for ten minutes.
  return `${nameOf(editLease.userId)} is editing this work order. Wait until they save or close the form, or open Edit and take over. If they stop editing, it unlocks at ${momentText(editLease.expiresAt)}.`;
}
