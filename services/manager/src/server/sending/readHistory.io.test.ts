import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { ulid } from "ulid";
import { expect, test } from "vitest";
import { startTestStack } from "../../../../../infra/local/testStack.ts";
import { managerOver } from "../../../testing/managerOver.ts";
import { readHistory } from "./readHistory.ts";

const anna: User = {
  id: "anna",
  name: "Anna",
  role: "read",
  eventAccess: ["E2026"],
  showAddresses: false,
  exportCsv: false,
};
const begin = Date.parse("2026-03-01T12:00:00.000Z");

test("the history of an order comes page by page, newest first, with the names of users", async () => {
  await using stack = await startTestStack({ cloud: true });
  await using open = managerOver({ ...stack.config });
  const { manager } = open;
  const user = { pk: "user", sk: "anna", name: "Anna Writer", role: "write" };
  await stack.aws.dynamo.send(new PutCommand({ TableName: stack.config.CONFIG_TABLE, Item: user }));
  const order = await manager.orders.create(anOrder());
  for (let n = 0; n < 70; n += 1) {
    const by = n % 2 ? "anna" : "long-gone";
    const at = begin + n * 1000;
    const data = { changed: { [`field${n}`]: n } };
    await manager.audit.put(userLine({ workOrderId: order.id, by, what: "edited", data }, ulid(at), at));
  }
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const page = await readHistory(manager, anna, order.id, after);
    seen.push(...page.lines.map(({ what, by }) => `${what} by ${by}`));
    after = page.next;
  } while (after !== undefined);
  expect(seen).toEqual(
    Array.from({ length: 70 }, (_, n) => `Edited field${69 - n} by ${n % 2 ? "long-gone" : "Anna Writer"}`),
  );
  await expect(readHistory(manager, anna, order.id, "nonsense")).rejects.toMatchObject({ code: "invalid-input" });
  const edit = await Array.fromAsync(manager.audit.lines(order.id, "U"));
  expect(edit[0]).toMatchObject({ what: "edited", data: { changed: { field0: 0 } } });
  const stranger = { ...anna, eventAccess: [] };
  await expect(readHistory(manager, stranger, order.id, undefined)).rejects.toMatchObject({ code: "not-found" });
});
