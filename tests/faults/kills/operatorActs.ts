import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { OrderSnapshot } from "@email-agent/shared/messages/statusEvent.ts";
import { takeEditLease } from "../../../services/manager/src/server/orders/editLease.ts";
import { saveOrder } from "../../../services/manager/src/server/orders/saveOrder.ts";
import { aUser } from "../../../services/manager/testing/managerOver.ts";
import type { ProcessStack } from "./processStack.ts";

type Act = (stack: ProcessStack, order: WorkOrder, started: string) => Promise<unknown>;

/** How long the operator waits for a judgement or for the end of a Send. */
export const endSeconds = 60;

/** What the operator does after a fault in a Send, which the command `started` has started. */
export const operatorActs = {
  wait: untilJudged,
  stop,
  async disable(stack, order, started) {
    await untilJudged(stack, order, started);
    await stack.setAccount({ enabled: false });
    try {
      await stack.operator.until(order.id, isSettled, endSeconds);
    } finally {
      await stack.setAccount({});
    }
  },
  async edit(stack, order, started) {
    await stop(stack, order, started);
    // The Send is interrupted; its claims may not be settled yet.
    await changeSubjects(stack, order);
  },
} satisfies Readonly<Record<string, Act>>;
export type OperatorAct = keyof typeof operatorActs;

/** Send has ended, as the operator sees it, and no claim of its run is left. */
export function isSettled({ steps, unsettled }: OrderSnapshot): boolean {
  return steps.Send.status !== "working" && unsettled === undefined;
}

function untilJudged({ operator }: ProcessStack, { id }: WorkOrder, command: string): Promise<unknown> {
  return operator.until(id, ({ lastCommand }) => lastCommand?.id === command, endSeconds);
}

/** The operator stops as soon as the start is judged: before that the page offers no stop. */
async function stop(stack: ProcessStack, order: WorkOrder, started: string): Promise<void> {
  await untilJudged(stack, order, started);
  await untilJudged(stack, order, await stack.operator.command(order.id, "Send", "stop"));
}

/** Saves an edit of the subjects, which resets every step but Count. */
export async function changeSubjects({ manager }: ProcessStack, { id, languages }: WorkOrder): Promise<void> {
  const user = aUser({ id: "writer" });
  const { token } = await takeEditLease(manager, user, id, { takeOver: true });
  const subjects = Object.fromEntries(languages.map((language) => [language, `Another subject (${language})`]));
  await saveOrder(manager, user, id, { leaseToken: token, fields: { subjects }, confirmReset: true });
}
