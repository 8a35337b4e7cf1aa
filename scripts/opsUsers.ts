import { configurationOf, readStored } from "@email-agent/shared/adapters/storedConfiguration.ts";
import { withInvitationKey } from "@email-agent/shared/domain/configuration/invitations.ts";
import { judgeItem } from "@email-agent/shared/domain/configuration/judgeItem.ts";
import { ulid } from "ulid";
import { isConfirmed, type Operation, sayJson } from "./opsOperation.ts";

export async function listUsers(operation: Operation): Promise<boolean> {
  const { store, options, say } = operation;
  const users = (await store.list("user")).map(({ key, fields: { sessionsValidAfter: _, ...fields } }) => ({
    ...fields,
    id: key,
  }));
  if (options.json) sayJson(operation, users);
  else for (const user of users) say(userLine(user));
  return true;
}

function userLine(user: Readonly<Record<string, unknown>>): string {
  const events = Array.isArray(user["eventAccess"]) ? user["eventAccess"].join(",") : "";
  const invited = user["email"] === undefined ? [] : [`invited: ${user["email"]}`];
  return [user["id"], user["role"], events || "no events", user["name"], ...invited].join("  ");
}

/** Without id: an invitation of the address in the options. False if there is one of this id, or if it does not fit; the reason is on the screen. */
export async function addUser(operation: Operation, given?: string): Promise<boolean> {
  const { store, options, defaults, by, say } = operation;
  const { name, role, email, events = "*", addresses = false, csv = false, people = false } = options;
  const eventAccess = events.split(",").map((one) => one.trim());
  const fields = { ...(email && { email }), name, role, eventAccess, showAddresses: addresses, exportCsv: csv, people };
  const id = String(withInvitationKey({ id: given, email }, ulid())["id"] ?? "");
  const stored = await readStored(store);
  if (stored.user.has(id)) return refuse(operation, `There is a user ${id} already.`);
  const [fault] = Object.entries(judgeItem(configurationOf(stored), "user", { ...fields, id }, defaults));
  if (fault) return refuse(operation, `${fault[0]}: ${fault[1]}`);
  const now = Date.now();
  const isAdded = await store.change({
    kind: "user",
    key: id,
    before: undefined,
    after: fields,
    by,
    now,
    id: ulid(now),
  });
  if (!isAdded) return refuse(operation, `There is a user ${id} already.`);
  if (options.json) sayJson(operation, { ...fields, id });
  else say(`Added: ${userLine({ ...fields, id })}`);
  return true;
}

/** False if there is none, or if it is the last administrator. */
export async function removeUser(operation: Operation, id: string): Promise<boolean> {
  const { store, options, by, say } = operation;
  const before = await store.get("user", id);
  if (!before) return refuse(operation, `There is no user ${id}.`);
  if (!(await isConfirmed(operation, `Remove ${userLine({ ...before.fields, id })}?`)))
    return refuse(operation, "Not removed.");
  const now = Date.now();
  const isRemoved = await store.change({ kind: "user", key: id, before, after: undefined, by, now, id: ulid(now) });
  if (!isRemoved) return refuse(operation, `The user ${id} was changed meanwhile. Try again.`);
  if (options.json) sayJson(operation, { removed: id });
  else say(`Removed: ${id}`);
  return true;
}

function refuse({ complain }: Operation, sentence: string): false {
  complain(sentence);
  return false;
}
