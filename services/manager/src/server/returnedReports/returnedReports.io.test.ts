import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import type { BounceReport } from "@email-agent/shared/domain/bounces/bounceReport.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ManagerFixture, openManagerFixture } from "../../../testing/managerFixture.ts";
import type { ReturnedReports } from "../../api/returnedReports.ts";
import { GET as RAW } from "../../app/api/returned-reports/[id]/raw/route.ts";
import { DELETE } from "../../app/api/returned-reports/[id]/route.ts";
import { GET } from "../../app/api/returned-reports/route.ts";

let fixture: ManagerFixture;

beforeAll(async () => {
  fixture = await openManagerFixture();
  await fixture.addUser({ id: "admin", role: "admin", showAddresses: true });
  await fixture.addUser({ id: "blind", role: "admin" });
  await fixture.addUser({ id: "some", role: "admin", showAddresses: true, eventAccess: ["E2026"] });
  await fixture.addUser({ id: "writer", role: "write", showAddresses: true });
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

const report = (n: number): BounceReport => ({
  ...{ kind: "hard", recipient: "jane.doe@example.org", code: "5.1.1", reportedBy: "mailbox" },
  reply: "550 5.1.1 <jane.doe@example.org>: no such user",
  ...{ at: new Date(Date.UTC(2026, 2, 1, 8, 0, n)).toISOString() as BounceReport["at"], sourceId: `report-${n}` },
});
const why = "No mail of ours has this Message-ID.";
const raw = "From: mailer-daemon@example.org\n\n<jane.doe@example.org>: no such user\n";

async function list(user: string, before?: string): Promise<ReturnedReports> {
  const query = before === undefined ? "" : `?before=${encodeURIComponent(before)}`;
  return (await fixture.ask({ id: user }, GET, {}, { query })).json();
}

test("acceptance 194: administrators see each report that matches no mail, masked, read it as it came, and dismiss it with a line in Audit", async () => {
  const { unmatchedReports } = fixture.manager;
  for (let n = 0; n < 53; n += 1) await unmatchedReports.keep(report(n), why, Date.now(), n === 52 ? raw : undefined);
  const first = await list("admin");
  expect(first.reports.map(({ at }) => at)).toEqual(Array.from({ length: 50 }, (_, n) => report(52 - n).at));
  expect(first.reports[0]).toMatchObject({
    kind: "hard",
    why,
    code: "5.1.1",
    recipient: "j…@example.org",
    hasRaw: true,
  });
  expect(JSON.stringify(first)).not.toContain("jane");
  const second = await list("admin", first.next);
  expect(second.reports.map(({ at }) => at)).toEqual([2, 1, 0].map((n) => report(n).at));
  expect(second.next).toBeUndefined();

  const id = first.reports[0]?.id ?? "";
  const file = await fixture.ask({ id: "admin" }, RAW, { id }, {});
  expect(await file.text()).toBe(raw);
  expect(file.headers.get("content-disposition")).toContain("attachment");
  expect((await fixture.ask({ id: "blind" }, RAW, { id }, {})).status).toBe(403);
  const older = first.reports[1]?.id ?? "";
  expect((await fixture.ask({ id: "admin" }, RAW, { id: older }, {})).status).toBe(404);

  const dismissals = await Promise.all(["admin", "blind"].map((user) => fixture.ask({ id: user }, DELETE, { id }, {})));
  expect(dismissals.map(({ status }) => status).sort()).toEqual([204, 404]);
  expect((await list("admin")).reports[0]?.id).toBe(older);
  const { Items = [] } = await fixture.stack.aws.dynamo.send(
    new ScanCommand({ TableName: fixture.stack.config.AUDIT_TABLE }),
  );
  const lines = Items.filter(({ what }) => what === "dismissed report");
  expect(lines).toMatchObject([{ data: { report: id, kind: "hard", why } }]);
});

test("only administrators of all events see them", async () => {
  for (const user of ["some", "writer"]) {
    expect((await fixture.ask({ id: user }, GET, {}, {})).status).toBe(403);
    expect((await fixture.ask({ id: user }, DELETE, { id: "x" }, {})).status).toBe(403);
    expect((await fixture.ask({ id: user }, RAW, { id: "x" }, {})).status).toBe(403);
  }
});
