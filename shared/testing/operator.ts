import { ulid } from "ulid";
import { commandQueue } from "../src/adapters/commandQueue.ts";
import type { Action } from "../src/domain/command.ts";
import { isStepName, stepNames } from "../src/domain/steps.ts";
import { instant } from "../src/domain/time.ts";
import type { StepStatus, WorkOrder } from "../src/domain/workOrder.ts";
import { anOrder } from "./builders.ts";
import { eventually } from "./eventually.ts";
import type { Pipeline } from "./pipeline.ts";

let codes = 0;

/** Writes an order whose steps before `step` are complete. */
export function orderReadyFor(
  pipeline: Pipeline,
  step: string,
  fields: Parameters<typeof anOrder>[0] = {},
): Promise<WorkOrder> {
  codes += 1;
  const order = anOrder({ eventCode: `O${process.pid}-${codes}`, ...fields });
  const before = isStepName(step) ? stepNames.slice(0, stepNames.indexOf(step)) : [];
  for (const name of before) order.steps[name] = { status: "complete" };
  return pipeline.orders.create(order);
}

/** What a click does: the command on the order, and (as the stream router would) its message. Returns the command id. */
export async function command(
  pipeline: Pipeline,
  order: Pick<WorkOrder, "id">,
  step: string,
  action: Action,
  options: { lost?: boolean } = {},
): Promise<string> {
  const id = ulid();
  const requestedAt = instant(Date.now());
  const asked = { step, action, requestedBy: "anna", requestedAt };
  await pipeline.orders.write(order.id, {
    set: [
      [["command"], { id, ...asked }],
      [["pendingCommandAt"], requestedAt],
    ],
    remove: [],
    when: [],
  });
  if (options.lost) return id;
  const message = { v: 1, commandId: id, workOrderId: order.id, ...asked } as const;
  await commandQueue(pipeline.aws, pipeline.config).send([{ command: message, deduplicationId: id }]);
  return id;
}

/** The order once `step` has the status. */
export function statusOf(
  pipeline: Pipeline,
  order: Pick<WorkOrder, "id">,
  step: string,
  status: StepStatus,
  withinSeconds = 10,
): Promise<WorkOrder> {
  return orderWhen(
    pipeline,
    order,
    `${step} is ${status}`,
    (now) => isStepName(step) && now.steps[step].status === status,
    withinSeconds,
  );
}

export async function orderWhen(
  pipeline: Pipeline,
  order: Pick<WorkOrder, "id">,
  what: string,
  holds: (order: WorkOrder) => boolean,
  withinSeconds = 10,
): Promise<WorkOrder> {
  let last: WorkOrder | undefined;
  try {
    return await eventually(
      what,
      async () => {
        last = await pipeline.orders.get(order.id);
        return last && holds(last) ? last : undefined;
      },
      { withinSeconds },
    );
  } catch (error) {
    throw new Error(`Not within ${withinSeconds} s: ${what}. The order: ${JSON.stringify(last)}`, { cause: error });
  }
}
