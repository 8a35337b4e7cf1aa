import { userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { ulid } from "ulid";
import { expect, test } from "vitest";
import { openManagerFixture } from "../../../testing/managerFixture.ts";
import { readHistory } from "./readHistory.ts";

const begin = Date.parse("2026-03-01T12:00:00.000Z");

test("the history of an order comes page by page, newest first, with the names of users", async () => {
  await using fixture = await openManagerFixture();
  const { manager } = fixture;
  const anna = await fixture.addUser({ id: "anna", name: "Anna Writer", eventAccess: ["E2026"] });
  const order = await fixture.addOrder({});
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
