import type { StoredItem } from "@email-agent/shared/adapters/configStore.ts";
import type { OrderReset } from "@email-agent/shared/adapters/pendingResets.ts";
import { configurationOf, readStored } from "@email-agent/shared/adapters/storedConfiguration.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { withInvitationKey } from "@email-agent/shared/domain/configuration/invitations.ts";
import { wholeItem } from "@email-agent/shared/domain/configuration/judgeItem.ts";
import { type ConfigKind, keyOf, kindOf } from "@email-agent/shared/domain/configuration/kinds.ts";
import { kindElsewhere } from "@email-agent/shared/domain/configuration/maintainedElsewhere.ts";
import { mergeItem } from "@email-agent/shared/domain/configuration/mergeItem.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { ulid } from "ulid";
import { z } from "zod";
import type { SettingsItem } from "../../api/settings.ts";
import type { Manager } from "../manager.ts";
import { affectedOrders, resetOrders, resetsOf, shownEffect } from "./affectedOrders.ts";
import { refuseUnconfirmed } from "./confirmResets.ts";
import { judgeEntered } from "./judgeEntered.ts";
import { refuseElsewhere } from "./maintainedElsewhere.ts";
import { refuseOwnLoss } from "./ownRights.ts";
import { readItem, usesOfItem } from "./readItems.ts";
import { seenFields } from "./seenFields.ts";
import { settleResets } from "./settleResets.ts";
import { storeSecret } from "./storeSecret.ts";

type Item = Readonly<Record<string, unknown>>;
type Fields = Record<string, unknown>;

/** See SaveItemBody. */
export const saveItemSchema = z.strictObject({
  values: z.record(z.string(), z.unknown()),
  version: z.int().min(0).nullable(),
  seen: z.string().optional(),
  confirmResets: z.boolean().optional(),
  confirmOwnLoss: z.boolean().optional(),
});
type SaveItem = z.output<typeof saveItemSchema>;

/** Adds an item; a user with a mail address and no id as an invitation. AppError `invalid-input` with a sentence for each field that does not fit. */
export async function addItem(manager: Manager, user: User, kind: ConfigKind, body: SaveItem): Promise<SettingsItem> {
  const values = kind === "user" ? withInvitationKey(body.values, ulid(manager.clock.now())) : body.values;
  return write(manager, user, kind, keyOf(kind, values), { ...body, values, version: null });
}

/**
 * Changes an item. AppError `conflict` if it is another one by now, or if results of work orders become stale and that is not confirmed;
 * or if its kind is maintained elsewhere; `invalid-input` with the fields that do not fit.
 */
export async function saveItem(
  manager: Manager,
  user: User,
  { kind, key }: { readonly kind: ConfigKind; readonly key: string },
  body: SaveItem,
): Promise<SettingsItem> {
  if (keyOf(kind, body.values) !== key)
    throw new AppError(
      "invalid-input",
      `The name of a ${kindOf(kind).title} cannot change: others refer to it. Add a new one instead.`,
    );
  return write(manager, user, kind, key, body);
}

async function write(
  manager: Manager,
  user: User,
  kind: ConfigKind,
  key: string,
  { values, version, seen, confirmResets, confirmOwnLoss }: SaveItem,
): Promise<SettingsItem> {
  const stored = await readStored(manager.configStore);
  refuseElsewhere(kindElsewhere(configurationOf(stored), kind));
  const before = stored[kind].get(key);
  // A general setting that was never set has no item yet, and its form says version 0.
  const read = version === 0 && !before && kindOf(kind).fixedKeys ? null : version;
  if (read === null && before) throw exists(kind, key);
  if (read !== null && before?.version !== read) throw conflict(kind, key);
  if (seen !== undefined && read !== null && seenFields(kind, key, before) !== seen) throw conflict(kind, key);
  const after: Fields = { ...mergeItem(kind, key, values, before?.fields) };
  const faults = judgeEntered(configurationOf(stored), { kind, key, values }, after, manager.config);
  const [sentence] = Object.values(faults);
  if (sentence) throw new AppError("invalid-input", `Not saved: ${sentence}`, { details: { fields: faults } });
  refuseOwnLoss(user, { kind, key }, before?.fields, after, confirmOwnLoss);
  const whole = { before: before && wholeItem(kind, key, before.fields), after: wholeItem(kind, key, after) };
  const affected = await affectedOrders(manager, stored, [{ kind, key, ...whole }]);
  refuseUnconfirmed(affected, confirmResets);
  await resetOrders(manager, user, affected);
  const fields = await withoutTypedSecrets(manager, kind, key, values, after);
  const id = await change(manager, user, { kind, key, before, after: fields, resets: resetsOf(affected, kind, key) });
  if (id === undefined) throw before ? conflict(kind, key) : exists(kind, key);
  const notReset = await settleResets(manager, user, affected, [{ kind, key, id }]);
  return { ...(await readItem(manager, kind, key)), reset: affected.map(shownEffect), notReset };
}

/** Where secrets are kept in Secrets Manager, a password that was typed goes there, and the account names it. */
async function withoutTypedSecrets(
  manager: Manager,
  kind: ConfigKind,
  key: string,
  values: Item,
  after: Fields,
): Promise<Fields> {
  if (kind !== "account") return after;
  const stored: Fields = { ...after };
  const arn =
    typeof values["password"] === "string" && values["password"] !== ""
      ? await storeSecret(manager, key, "password", values["password"])
      : undefined;
  if (arn !== undefined) {
    stored["secretArn"] = arn;
    delete stored["password"];
  }
  const mailboxPassword = (values["bounceMailbox"] as Fields | undefined)?.["password"];
  if (after["bounceMailbox"] && typeof mailboxPassword === "string" && mailboxPassword !== "") {
    const mailboxArn = await storeSecret(manager, key, "bounce-mailbox", mailboxPassword);
    const { password: _, ...rest } = after["bounceMailbox"] as Fields;
    if (mailboxArn !== undefined) stored["bounceMailbox"] = { ...rest, secretArn: mailboxArn };
  }
  const [dkim, typed] = [after["dkim"], values["dkim"]] as [Fields | undefined, Fields | undefined];
  const pem = typed?.["privateKey"];
  if (!dkim || typeof pem !== "string" || pem === "") return stored;
  const keyArn = await storeSecret(manager, key, `dkim-${String(dkim["selector"])}`, pem);
  if (keyArn === undefined) return stored;
  const { privateKey: _, ...rest } = dkim;
  return { ...stored, dkim: { ...rest, secretArn: keyArn } };
}

/** Removes an item. AppError `conflict` if it has another version by now, if something uses it, or if its kind is maintained elsewhere. */
export async function removeItem(
  manager: Manager,
  user: User,
  { kind, key }: { readonly kind: ConfigKind; readonly key: string },
  version: number,
): Promise<void> {
  const stored = await readStored(manager.configStore);
  refuseElsewhere(kindElsewhere(configurationOf(stored), kind));
  const before = stored[kind].get(key);
  if (before?.version !== version) throw conflict(kind, key);
  const uses = await usesOfItem(manager, stored, kind, key);
  if (uses.length > 0)
    throw new AppError(
      "conflict",
      `The ${kindOf(kind).title} ${key} is used by ${uses
        .slice(0, 3)
        .map(({ title }) => title)
        .join(", ")}${uses.length > 3 ? ` and ${uses.length - 3} more` : ""}. Change those first, then remove it.`,
      { details: { reason: "used", usedBy: uses } },
    );
  if ((await change(manager, user, { kind, key, before, after: undefined })) === undefined) throw conflict(kind, key);
}

/** The id of the change; undefined if the item has another version by now. */
async function change(
  { configStore, clock }: Manager,
  user: User,
  what: {
    readonly kind: ConfigKind;
    readonly key: string;
    readonly before: StoredItem | undefined;
    readonly after: Fields | undefined;
    readonly resets?: readonly OrderReset[];
  },
): Promise<string | undefined> {
  const now = clock.now();
  const id = ulid(now);
  return (await configStore.change({ ...what, by: user.id, now, id })) ? id : undefined;
}

function conflict(kind: ConfigKind, key: string): AppError {
  return new AppError(
    "conflict",
    `The ${kindOf(kind).title} ${key} was changed or removed meanwhile. Compare your entries with it as it is now, then save again.`,
    { details: { reason: "version" } },
  );
}

function exists(kind: ConfigKind, key: string): AppError {
  const message = `There is a ${kindOf(kind).title} ${key} already. Open it, or choose another name.`;
  return new AppError("conflict", message, { details: { reason: "exists" } });
}
