import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { type Account, accountSchema } from "@email-agent/shared/domain/account.ts";
import { stageSchema } from "@email-agent/shared/domain/configItems.ts";
import { type StepName, stepNames } from "@email-agent/shared/domain/steps.ts";
import { readySteps, type StepRecord } from "@email-agent/shared/domain/workOrder.ts";
import { ulid } from "ulid";
import { driveStep } from "../../infra/local/demo/driveStep.ts";
import { testerIds } from "../../infra/local/demo/people.ts";
import { type LocalStack, startLocalStack } from "../../infra/local/localStack.ts";
import type { Operator } from "../../infra/local/operator.ts";

/** The local stack on data of its own, with an operator at it. */
export interface BenchStack extends AsyncDisposable {
  readonly stack: LocalStack;
  readonly operator: Operator;
  /** A mail account as the bench needs it. */
  putAccount(account: Partial<Account> & { readonly name: string }): Promise<void>;
  /** A work order to the demo's audience; returns its id. Each has a stage, and so a mailing key, of its own. */
  createOrder(account: string): Promise<string>;
  /** Drives a step to its end; throws if that is not `complete`. */
  drive(orderId: string, step: StepName): Promise<StepRecord>;
  /** Everything before Send. */
  driveUpToSend(orderId: string): Promise<void>;
}

/** A folder that is removed at the end. */
export function temporaryFolder(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "email-agent-bench-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** `variables` go to the services. */
export async function openBenchStack(
  participants: number,
  variables: Readonly<Record<string, string>> = {},
): Promise<BenchStack> {
  await using opening = new AsyncDisposableStack();
  const folder = opening.use(temporaryFolder());
  const stack = opening.use(await startLocalStack({ dataFolder: folder.path, participants, variables }));
  const operator = opening.use(await stack.openOperator());
  const putConfig = (pk: string, item: { readonly name: string }) =>
    stack.aws.dynamo.send(
      new PutCommand({ TableName: stack.tables.CONFIG_TABLE, Item: { pk, sk: item.name, ...item } }),
    );
  const drive = async (orderId: string, step: StepName) => {
    const { steps } = await driveStep(operator, orderId, step, () => {});
    const { status, message } = steps[step];
    if (status !== "complete") throw new Error(`${step} ended in ${status}: ${message}`);
    return steps[step];
  };
  let orders = 0;
  const running = opening.move();
  return {
    stack,
    operator,
    drive,
    async putAccount(account) {
      await putConfig("account", accountSchema.parse({ ...benchAccount, ...account }));
    },
    async createOrder(account) {
      orders += 1;
      // The stage takes its template from its parent, the demo's registration.
      const stage = `bench-${orders}`;
      await putConfig("stage", stageSchema.parse({ ...benchStage, name: stage }));
      const order = await stack.orders.create({
        ...benchOrder,
        id: `wo-${ulid()}`,
        stage,
        account,
        steps: readySteps(),
      });
      return order.id;
    },
    async driveUpToSend(orderId) {
      for (const step of stepNames.filter((name) => name !== "Send")) await drive(orderId, step);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** No limit of the account is to be felt. */
const benchAccount = {
  fromName: "Example Community",
  fromAddress: "news@example.org",
  replyTo: "office@example.org",
  unsubscribeMailto: "unsubscribe@example.org",
  listId: "news.example.org",
  security: "none",
  maxConnections: 4,
  messagesPerConnection: 100_000,
  ratePerSecond: 100_000,
  quotaPer24h: 10_000_000,
} as const;

const benchStage = {
  parentStages: ["reg"],
  pools: ["not-yet-registered", "no-test-people"],
  prefix: { EN: "Registration: ", DE: "Anmeldung: ", SP: "Inscripción: " },
  requireRegLink: true,
};

const benchOrder = {
  eventCode: "SUMMER26",
  subEvent: "main",
  languages: ["EN", "DE", "SP"],
  subjects: {
    EN: "*|FNAME|*, join us this summer",
    DE: "*|FNAME|*, sei diesen Sommer dabei",
    SP: "*|FNAME|*, ven este verano",
  },
  testers: testerIds,
  regLinkPresent: true,
  createdBy: "writer",
  updatedBy: "writer",
};
