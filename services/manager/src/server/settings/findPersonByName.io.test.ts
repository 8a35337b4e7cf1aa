import type { User } from "@email-agent/shared/domain/configItems.ts";
import { aParticipant } from "@email-agent/shared/testing/builders.ts";
import { putParticipants } from "@email-agent/shared/testing/putParticipants.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ManagerFixture, openManagerFixture } from "../../../testing/managerFixture.ts";
import type { FoundParticipants } from "../../api/preview.ts";
import { GET } from "../../app/api/settings/people/route.ts";

let fixture: ManagerFixture;
beforeAll(async () => {
  fixture = await openManagerFixture();
  const people = Array.from({ length: 12 }, (_, n) =>
    aParticipant({ id: `p-${n}`, first: `Quill${n}`, last: n === 7 ? "Feather" : "Other", email: `q${n}@example.org` }),
  );
  await putParticipants(fixture.stack.aws, fixture.stack.config, people);
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

/** As the page does: asks again until everyone is read. */
async function find(user: User, search: string): Promise<FoundParticipants> {
  for (;;) {
    const response = await fixture.ask(user, GET, {}, { query: `?search=${encodeURIComponent(search)}` });
    expect(response.status).toBe(200);
    const found = (await response.json()) as FoundParticipants;
    if (!found.reading) return found;
  }
}

test("an administrator chooses a person by name, without the right to the pages of People, among the people of their events", async () => {
  const admin = await fixture.addUser({ id: "ada", role: "admin" });
  expect(admin.people ?? false).toBe(false);
  const row = { id: "p-7", name: "Quill7 Feather" };
  expect(await find(admin, "feather")).toMatchObject({ participants: [row] });
  expect(await find(admin, "p-7")).toMatchObject({ participants: [row] });
  const many = await find(admin, "quill");
  expect(many.participants).toHaveLength(10);
  expect(many.note).toContain("Type more of the name");
  expect(await find(admin, "q")).toEqual({ participants: [] });

  const masked = await fixture.addUser({ id: "mia", role: "admin", showAddresses: false });
  expect(JSON.stringify(await find(masked, "feather"))).toContain("q…@example.org");
  const limited = await fixture.addUser({ id: "lea", role: "admin", eventAccess: ["E2026"] });
  for (const search of ["feather", "p-7", "q7@example.org"])
    expect(await find(limited, search)).toEqual({ participants: [] });
  const writer = await fixture.addUser({ id: "wim", role: "write", people: true });
  expect((await fixture.ask(writer, GET, {}, { query: "?search=feather" })).status).toBe(403);
});
