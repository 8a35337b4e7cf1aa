import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { type User, userSchema } from "@email-agent/shared/domain/configItems.ts";
import type { OrderFields } from "@email-agent/shared/domain/form/orderFields.ts";
import { anAccount, anEvent, aPool, aStage, someLanguages } from "@email-agent/shared/testing/builders.ts";
import { aForm } from "@email-agent/shared/testing/formBuilders.ts";
import { putConfig } from "@email-agent/shared/testing/putConfig.ts";
import { startTestStack, type TestStack } from "../../../infra/local/testStack.ts";
import type { Manager } from "../src/server/manager.ts";
import { managerOver } from "./managerOver.ts";

/** Fixture: an organisation in which orders can be created, edited and deleted, over real tables and topic. */
export interface FormFixture extends AsyncDisposable {
  readonly manager: Manager;
  readonly stack: TestStack;
  /** Two writers with all events, and a third who may see none of them. */
  readonly anna: User;
  readonly ben: User;
  readonly outsider: User;
  /** Moves the clock of the manager. */
  advance(milliseconds: number): void;
  now(): number;
  /** A form that can be saved, for an event of its own. */
  newForm(fields?: Partial<OrderFields>): Promise<OrderFields>;
  putEvent(fields: Parameters<typeof anEvent>[0]): Promise<void>;
}

export async function startFormFixture(): Promise<FormFixture> {
  await using starting = new AsyncDisposableStack();
  const stack = starting.use(await startTestStack({ cloud: true }));
  let now = Date.parse("2026-03-01T12:00:00.000Z");
  const { manager } = starting.use(managerOver(stack.config as unknown as Record<string, string>, { now: () => now }));
  const put = (TableName: string, Item: object) =>
    stack.aws.dynamo.send(new PutCommand({ TableName, Item: Item as Record<string, unknown> }));
  await putConfig(stack.aws, stack.config, {
    stages: [
      aStage({ prefix: { EN: "Registration: " }, requireRegLink: true }),
      aStage({ name: "reminder", order: 2, parentStages: ["reg"] }),
      aStage({ name: "confirm", order: 3, confirmation: true }),
    ],
    pools: [aPool()],
    languages: [...someLanguages().values()],
    accounts: [anAccount({ secretArn: "arn:secret" }), anAccount({ name: "old", enabled: false })],
    settings: { timeZone: "Europe/Berlin" },
  });
  const user = async (id: string, name: string, eventAccess: string[]) => {
    const item = userSchema.parse({ id, name, role: "write", eventAccess });
    await put(stack.config.CONFIG_TABLE, { pk: "user", sk: id, ...item });
    return item;
  };
  for (const [id, label] of [
    ["t-1", "Tess"],
    ["t-2", "Tom"],
  ])
    await put(stack.config.CONFIG_TABLE, { pk: "tester", sk: id, label });
  const [anna, ben, outsider] = [
    await user("anna", "Anna Writer", ["*"]),
    await user("ben", "Ben Writer", ["*"]),
    await user("olga", "Olga Outside", ["ELSEWHERE"]),
  ];
  const putEvent = async (fields: Parameters<typeof anEvent>[0]) => {
    await put(stack.config.EVENTS_TABLE, anEvent(fields));
  };
  let events = 0;
  const owned = starting.move();
  return {
    ...{ manager, stack, anna, ben, outsider, putEvent },
    now: () => now,
    advance(milliseconds) {
      now += milliseconds;
    },
    async newForm(fields = {}) {
      events += 1;
      const eventCode = fields.eventCode ?? `E${events}`;
      if (fields.eventCode === undefined) await putEvent({ aid: eventCode, subEvents: { weekend: {}, week: {} } });
      return aForm({ eventCode, ...fields });
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
