import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import {
  type LanguageCounters,
  readySteps,
  type StepRecord,
  type WorkOrder,
} from "@email-agent/shared/domain/workOrder.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { type DeliveryFields, putDeliveries } from "@email-agent/shared/testing/putDeliveries.ts";
import { startTestStack, type TestStack } from "../../../infra/local/testStack.ts";
import type { Manager } from "../src/server/manager.ts";
import { sessions } from "../src/server/signIn/session.ts";
import { managerOver } from "./managerOver.ts";

type Route = (request: Request, context: { params: Promise<never> }) => Promise<Response>;

/** A manager over its own tables, with users and the ways to put what runs leave behind. */
export interface ManagerFixture extends AsyncDisposable {
  readonly stack: TestStack;
  readonly manager: Manager;
  /** Moves the clock: epoch milliseconds. */
  setTime(now: number): void;
  addUser(fields: Partial<User> & { readonly id: string }): Promise<User>;
  /** An order in the table, each of a mailing of its own, with these step records over ready ones. */
  addOrder(fields: Partial<WorkOrder>, steps?: Partial<Record<StepName, Partial<StepRecord>>>): Promise<WorkOrder>;
  putDeliveries(partition: string, deliveries: readonly DeliveryFields[]): Promise<void>;
  /** Calls a route as the browser of a user does. */
  ask(
    user: Pick<User, "id">,
    route: Route,
    params: Record<string, string>,
    options?: {
      readonly query?: string;
      readonly body?: unknown;
      readonly signal?: AbortSignal;
      readonly origin?: string;
    },
  ): Promise<Response>;
}

interface ManagerFixtureOptions {
  /** Over that of the stack. */
  readonly environment?: (stack: TestStack) => Promise<Readonly<Record<string, string>>>;
  readonly log?: Log;
}

export async function openManagerFixture({ environment, log }: ManagerFixtureOptions = {}): Promise<ManagerFixture> {
  await using opening = new AsyncDisposableStack();
  const stack = opening.use(await startTestStack({ cloud: true }));
  let time: number | undefined;
  let orders = 0;
  const clock = { now: () => time ?? Date.now() };
  const variables = { ...(stack.config as unknown as Record<string, string>), ...(await environment?.(stack)) };
  const { manager } = opening.use(managerOver(variables, clock, log));
  // Routes find the manager of their process here.
  Object.assign(globalThis, { emailAgentManager: manager });
  const { aws, config } = stack;
  const put = (TableName: string, Item: object) => aws.dynamo.send(new PutCommand({ TableName, Item }));
  const running = opening.move();
  return {
    stack,
    manager,
    setTime(now) {
      time = now;
    },
    async addUser(fields) {
      const rights = { eventAccess: ["*"], showAddresses: false, exportCsv: false };
      const user: User = { name: fields.id, role: "read", ...rights, ...fields };
      await put(config.CONFIG_TABLE, { ...user, pk: "user", sk: user.id });
      return user;
    },
    async addOrder(fields, steps = {}) {
      const records = Object.entries(readySteps()).map(([name, record]) => [
        name,
        { ...record, ...steps[name as StepName] },
      ]);
      orders += 1;
      const order = anOrder({ subEvent: `part-${orders}`, ...fields, steps: Object.fromEntries(records) });
      await put(config.WORK_ORDERS_TABLE, order);
      return order;
    },
    putDeliveries: (partition, deliveries) => putDeliveries(aws, config.DELIVERIES_TABLE, partition, deliveries),
    async ask(user, route, params, { query = "", body, signal, origin = manager.config.MANAGER_URL } = {}) {
      const cookie = (await sessions(manager.config, clock).begin(user.id)).split(";")[0] as string;
      const request = new Request(`${manager.config.MANAGER_URL}/api${query}`, {
        method: body === undefined ? "GET" : "POST",
        headers: { cookie, ...(body !== undefined && { origin, "content-type": "application/json" }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(signal && { signal }),
      });
      return route(request, { params: Promise.resolve(params as never) });
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Counters of one language of a step; `total` is the sum unless given. */
export function someCounters(fields: Partial<LanguageCounters>): LanguageCounters {
  const { sent = 0, failed = 0, skipped = 0, inDoubt = 0 } = fields;
  return { sent, failed, skipped, inDoubt, total: sent + failed + skipped + inDoubt, ...fields };
}
