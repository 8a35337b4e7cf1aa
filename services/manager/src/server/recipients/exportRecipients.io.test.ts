import type { User } from "@email-agent/shared/domain/configItems.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { putConfig } from "@email-agent/shared/testing/putConfig.ts";
import { aDelivery } from "@email-agent/shared/testing/putDeliveries.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ManagerFixture, openManagerFixture } from "../../../testing/managerFixture.ts";
import { GET } from "../../app/api/work-orders/[id]/recipients.csv/route.ts";
import { exportRecipients } from "./exportRecipients.ts";
import type { ListPorts } from "./recipientList.ts";

let fixture: ManagerFixture;
let seer: User;
let masked: User;

beforeAll(async () => {
  fixture = await openManagerFixture();
  seer = await fixture.addUser({ id: "seer", showAddresses: true, exportCsv: true });
  masked = await fixture.addUser({ id: "masked", exportCsv: true });
  await putConfig(fixture.stack.aws, fixture.stack.config, { settings: { timeZone: "Europe/Berlin" } });
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

const csv = (user: Pick<User, "id">, id: string, query: string) =>
  fixture.ask(user, GET, { id }, { query: `?${query}` });

/** The text as it came over the wire; `text()` would drop the byte order mark. */
async function textOf(response: Response): Promise<string> {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await response.arrayBuffer());
}

const heads =
  '"Participant ID","Name","Email","Language","Status","Reason","Response","Time (Europe/Berlin)","Message-ID","Came back","Reply of the bounce","Came back at (Europe/Berlin)","Complained at (Europe/Berlin)"';
/** The cells of a mail that did not come back. */
const kept = ',"","","",""';

test("acceptance 32: a CSV opens with commas, quotes and a leading = intact and harmless, in UTF-8 with BOM", async () => {
  const order = await fixture.addOrder({});
  const reply = { smtpCode: 550, smtpResponse: "550 No; =SUM(1)", permanent: true };
  const failed = { status: "failed", endedAt: "2026-07-01T09:00:00.000Z", ...reply } as const;
  await fixture.putDeliveries(mailingKey(order, "EN"), [
    aDelivery({ participantId: "p-1", name: 'García, "Ana"', email: "ana@example.org" }),
    aDelivery({ participantId: "p-2", name: "=cmd|' /C calc'!A0", email: "+bo@example.org", messageId: "@x" }),
    aDelivery({ participantId: "p-3", name: "日本", ...failed }),
  ]);
  const response = await csv(seer, order.id, "list=send&language=EN");
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  expect(response.headers.get("content-disposition")).toBe(
    `attachment; filename="E2026_${order.subEvent}_reg_EN-Send.csv"`,
  );
  const mailed = '"sent","","250 2.0.0 OK","2026-03-01T09:00:01+01:00"';
  expect(await textOf(response)).toBe(
    [
      `\ufeff${heads}`,
      `"p-1","García, ""Ana""","ana@example.org","EN",${mailed},"<p-1@example.org>"${kept}`,
      `"p-2","'=cmd|' /C calc'!A0","'+bo@example.org","EN",${mailed},"'@x"${kept}`,
      `"p-3","日本","p-3@example.org","EN","failed","Permanently: only a start by a user tries again","550 No;' =SUM(1)","2026-07-01T11:00:00+02:00","<p-3@example.org>"${kept}`,
      "",
    ].join("\r\n"),
  );
});

test("addresses are masked like in the window, and a filter has a file of its own", async () => {
  const order = await fixture.addOrder({ revision: 3 });
  await fixture.putDeliveries(mailingKey(order, "EN"), [
    aDelivery({ participantId: "p-1", email: "jane@example.org" }),
    aDelivery({ participantId: "p-2", email: "kim@example.org", status: "failed" }),
  ]);
  const response = await csv(masked, order.id, "list=send&language=EN&status=failed");
  expect(response.headers.get("content-disposition")).toContain(`_reg_3_EN-Send-failed.csv"`);
  const lines = (await textOf(response)).split("\r\n");
  expect(lines).toHaveLength(3);
  expect(lines[1]).toContain("k…@example.org");
  expect(await textOf(await csv(masked, order.id, "list=send&language=EN"))).not.toMatch(/jane|kim/);
});

test("acceptance 71: skipped people have their reason in words, an empty list has its heading alone", async () => {
  const Send = { status: "complete", runId: "run-1" } as const;
  const order = await fixture.addOrder({}, { Send });
  const chunk = { runId: "run-1", sk: "chunk#EN#000000", language: "EN", status: "planned" as const, ids: ["p-1"] };
  const counts = { fence: 1, token: 0, losses: 0, retry: {}, ttl: 4_000_000_000 };
  await fixture.manager.runs.putChunks([{ ...chunk, ...counts, skipped: { "p-1": "unsubscribed" } }]);
  const skipped = await csv(seer, order.id, "list=skipped&language=EN");
  expect(skipped.headers.get("content-disposition")).toContain("_EN-Send-skipped.csv");
  expect(await textOf(skipped)).toBe(
    `\ufeff${heads}\r\n"p-1","","","EN","skipped","Unsubscribed; gets only service mail of events they booked","","",""${kept}\r\n`,
  );
  const none = await csv(seer, order.id, "list=test&language=EN");
  expect(await textOf(none)).toBe(`\ufeff${heads}\r\n`);
});

test("skipped people by the reason for which the last Send skipped them", async () => {
  const order = await fixture.addOrder({}, { Send: { status: "complete", runId: "run-2" } });
  const skipped = { "p-1": "unsubscribed", "p-2": "send-until", "p-3": "send-until" };
  const chunk = { runId: "run-2", sk: "chunk#EN#000000", language: "EN", status: "planned" as const, skipped };
  const counts = { fence: 1, token: 0, losses: 0, retry: {}, ttl: 4_000_000_000 };
  await fixture.manager.runs.putChunks([{ ...chunk, ...counts, ids: Object.keys(skipped) }]);
  const text = await textOf(await csv(seer, order.id, "list=skipped&language=EN&reason=send-until"));
  expect([...text.matchAll(/"(p-\d)"/g)].map(([, id]) => id)).toEqual(["p-2", "p-3"]);
  expect((await csv(seer, order.id, "list=skipped&language=EN&reason=not-confirmed")).status).toBe(422);
});

test("a user who may not export gets 403, a wrong list 422, no session 401", async () => {
  const order = await fixture.addOrder({});
  const reader = await fixture.addUser({ id: "reader", showAddresses: true, role: "write" });
  expect((await csv(reader, order.id, "list=send&language=EN")).status).toBe(403);
  expect((await csv(seer, order.id, "list=send&language=XX")).status).toBe(422);
  expect((await GET(new Request("http://127.0.0.1/x"), { params: Promise.resolve({ id: order.id }) })).status).toBe(
    401,
  );
});

test("the list is read only as fast as it is taken, and no longer once the browser has left", async () => {
  const order = await fixture.addOrder({});
  const ids = Array.from({ length: 12_000 }, (_, n) => `p-${String(n).padStart(5, "0")}`);
  await fixture.putDeliveries(
    mailingKey(order, "EN"),
    ids.map((participantId) => aDelivery({ participantId })),
  );
  let pagesRead = 0;
  const { deliveries } = fixture.manager;
  const counting: ListPorts = {
    ...fixture.manager,
    deliveries: {
      ...deliveries,
      async *inOrder(partition, read) {
        for await (const page of deliveries.inOrder(partition, read)) {
          pagesRead += 1;
          yield page;
        }
      },
    },
  };
  const query = new URLSearchParams({ list: "send", language: "EN" });
  const { body } = await exportRecipients(counting, seer, order, query, new AbortController().signal);
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  await reader.read();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const ahead = pagesRead;
  // The whole list has more: nothing was read while nothing was taken.
  expect(ahead).toBeLessThanOrEqual(3);
  await reader.cancel("the tab was closed");
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(pagesRead).toBeLessThanOrEqual(ahead + 1);

  const whole = await exportRecipients(counting, seer, order, query, new AbortController().signal);
  expect((await textOf(whole)).split("\r\n")).toHaveLength(ids.length + 2);
  expect(pagesRead).toBeGreaterThan(ahead + 3);
});

test("trouble on the way breaks the download off: no file looks whole and is not", async () => {
  const order = await fixture.addOrder({});
  const broken: ListPorts = {
    ...fixture.manager,
    deliveries: {
      ...fixture.manager.deliveries,
      async *inOrder() {
        yield { items: [], readTo: "p-1" };
        throw new Error("the table is away");
      },
    },
  };
  const query = new URLSearchParams({ list: "send", language: "EN" });
  const response = await exportRecipients(broken, seer, order, query, new AbortController().signal);
  await expect(response.text()).rejects.toThrow("the table is away");
});
