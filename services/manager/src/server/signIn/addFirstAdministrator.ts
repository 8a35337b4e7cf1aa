import { firstAdministratorKey, invitationsFor } from "@email-agent/shared/domain/configuration/invitations.ts";
import { mailAddress } from "@email-agent/shared/domain/recipients/address.ts";
import { ulid } from "ulid";
import type { Manager } from "../manager.ts";

type Parts = Pick<Manager, "clock" | "configStore" | "log"> & { readonly config: { readonly FIRST_ADMIN: string } };

const rights = { role: "admin", eventAccess: ["*"], showAddresses: true, exportCsv: true, people: true };
const by = "FIRST_ADMIN";

/**
 * What the manager does at its start: if Config has no administrator, neither a user nor an invitation, it adds the one of
 * FIRST_ADMIN, a mail address as an invitation and a user id as a user. True if it did. Of managers that start at once one does.
 */
export async function addFirstAdministrator({ config, configStore, clock, log }: Parts): Promise<boolean> {
  const name = config.FIRST_ADMIN;
  if (name === "") return false;
  const users = await configStore.list("user");
  if (users.some(({ fields }) => fields["role"] === "admin")) return false;
  const email = mailAddress(name);
  // They may be there with fewer rights.
  const before = email ? invitationsFor(users, email)[0] : users.find(({ key }) => key === name);
  const key = before?.key ?? (email ? firstAdministratorKey : name);
  const fields = before?.fields ?? { name: "First administrator", ...(email && { email }) };
  const stamp = () => ({ kind: "user" as const, key, by, now: clock.now(), id: ulid(clock.now()) });
  if (!(await configStore.change({ ...stamp(), before, after: { ...fields, ...rights } }))) return false;
  log.info({ userId: key }, "Config had no administrator: that of FIRST_ADMIN was added");
  if (email) await removeIfLate();
  return true;

  /** Between reading and writing another manager may have invited the same person, who is an administrator by now. */
  async function removeIfLate() {
    const now = await configStore.list("user");
    const invitation = now.find((user) => user.key === key);
    const hasOther = now.some((user) => user.key !== key && user.fields["role"] === "admin");
    if (invitation && hasOther) await configStore.change({ ...stamp(), before: invitation, after: undefined });
  }
}

/** Repeats it until the table responds. */
export async function addFirstAdministratorAtStart(
  parts: Parts,
  pause: (milliseconds: number) => Promise<void>,
): Promise<void> {
  for (;;) {
    try {
      await addFirstAdministrator(parts);
      return;
    } catch (error) {
      parts.log.error({ error }, "the administrator of FIRST_ADMIN could not be added; it is tried again in 30 s");
      await pause(30_000);
    }
  }
}
