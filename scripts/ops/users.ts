import { configurationOf, readStored } from "@email-agent/shared/adapters/storedConfiguration.ts";
import { withInvitationKey } from "@email-agent/shared/domain/configuration/invitations.ts";
import { judgeItem } from "@email-agent/shared/domain/configuration/judgeItem.ts";
import { type Command, Option } from "commander";
import { ulid } from "ulid";
import { mayChange, type Operation, refuse, sayJson } from "./operation.ts";
import { changingCommand, command, group, run } from "./program.ts";

interface UserOptions {
  readonly name?: string;
  readonly email?: string;
  readonly role?: string;
  readonly events?: string;
  readonly addresses?: true;
  readonly csv?: true;
  readonly people?: true;
}

export function addUserCommands(program: Command): void {
  const user = group(program, "user", "Who may use the Email Manager.");
  command(user, "list", "All users with their rights.", "user list --json").action(run(listUsers));
  changingCommand(
    user,
    "add [id]",
    "Adds a user. The id is what sign-in gives: the claim sub, unless OIDC_USER_CLAIM says otherwise. Or --email invites one.",
    "user add sub-1 --name Ann --role admin",
    "user add --email ann@example.org --name Ann --role write --events E26,E27",
  )
    .option("--email <address>", "in place of an id: the first verified sign-in with this address becomes this user")
    .requiredOption("--name <name>", "name, as pages show it")
    .addOption(
      new Option("--role <role>", "what the user may do").choices(["read", "write", "admin"]).makeOptionMandatory(),
    )
    .option("--events <codes>", "events the user sees, with commas between them", "*")
    .option("--addresses", "mail addresses are shown in full")
    .option("--csv", "lists of recipients may be exported")
    .option("--people", "the pages of People may be opened")
    .action(run(addUser));
  changingCommand(
    user,
    "remove <id>",
    "Removes a user or an invitation. Sessions of the user end with the next request.",
    "user remove sub-1",
  ).action(run(removeUser));
}

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
export async function addUser(operation: Operation<UserOptions>, given?: string): Promise<boolean> {
  const { store, options, defaults, by, say } = operation;
  const { name, role, email, events = "*", addresses = false, csv = false, people = false } = options;
  const eventAccess = events.split(",").map((one) => one.trim());
  const fields = { ...(email && { email }), name, role, eventAccess, showAddresses: addresses, exportCsv: csv, people };
  const id = String(withInvitationKey({ id: given, email }, ulid())["id"] ?? "");
  const stored = await readStored(store);
  if (stored.user.has(id)) return refuse(operation, `There is a user ${id} already.`);
  const [fault] = Object.entries(judgeItem(configurationOf(stored), "user", { ...fields, id }, defaults));
  if (fault) return refuse(operation, `${fault[0]}: ${fault[1]}`);
  // The only change that does not ask: the caller has named all of it, and it can be taken back.
  if (options.dryRun) return (await mayChange(operation, `Add ${userLine({ ...fields, id })}?`)) === undefined;
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
  const may = await mayChange(operation, `Remove ${userLine({ ...before.fields, id })}?`);
  if (!may) return may === undefined;
  const now = Date.now();
  const isRemoved = await store.change({ kind: "user", key: id, before, after: undefined, by, now, id: ulid(now) });
  if (!isRemoved) return refuse(operation, `The user ${id} was changed meanwhile. Try again.`);
  if (options.json) sayJson(operation, { removed: id });
  else say(`Removed: ${id}`);
  return true;
}
