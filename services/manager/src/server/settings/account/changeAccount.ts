import type { User } from "@email-agent/shared/domain/configItems.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { ulid } from "ulid";
import type { Manager } from "../../manager.ts";

type Fields = Readonly<Record<string, unknown>>;

const tries = 5;

/**
 * Changes single fields of an account, whatever its form changes meanwhile: `change` gets the fields as they are and returns
 * them as they are to be. AppError `not-found`, `conflict` if others change it all the time.
 */
export async function changeAccount(
  { configStore, clock }: Pick<Manager, "configStore" | "clock">,
  user: Pick<User, "id">,
  name: string,
  change: (fields: Fields) => Fields,
  reason?: string,
): Promise<void> {
  for (let n = 0; n < tries; n++) {
    const before = await configStore.get("account", name);
    if (!before) throw noAccount(name);
    const after = change(before.fields);
    const now = clock.now();
    const by = { by: user.id, now, id: ulid(now), ...(reason !== undefined && { reason }) };
    if (await configStore.change({ kind: "account", key: name, before, after, ...by })) return;
  }
  throw new AppError("conflict", `The account ${name} is being changed by others. Try again.`);
}

export function noAccount(name: string): AppError {
  return new AppError("not-found", `There is no account "${name}". Open the list of accounts.`);
}
