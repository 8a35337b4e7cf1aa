import type { StoredItem } from "@email-agent/shared/adapters/configStore.ts";
import { configurationOf, readStored } from "@email-agent/shared/adapters/storedConfiguration.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { judgeItem } from "@email-agent/shared/domain/configuration/judgeItem.ts";
import { type ConfigKind, keyOf, keyParts, kindOf } from "@email-agent/shared/domain/configuration/kinds.ts";
import { mergeItem } from "@email-agent/shared/domain/configuration/mergeItem.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { ulid } from "ulid";
import { z } from "zod";
import type { SettingsItem } from "../../api/settings.ts";
import type { Manager } from "../manager.ts";
import { ordersUsing } from "./ordersUsing.ts";
import { itemUses, readItem } from "./readItems.ts";

type Fields = Record<string, unknown>;

/** See SaveItemBody. */
export const saveItemSchema = z.strictObject({
  values: z.record(z.string(), z.unknown()),
  version: z.int().min(0).nullable(),
});
type SaveItem = z.output<typeof saveItemSchema>;

/** Adds an item. AppError `invalid-input` with a sentence for each field that does not fit. */
export async function addItem(manager: Manager, user: User, kind: ConfigKind, body: SaveItem): Promise<SettingsItem> {
  const key = keyOf(kind, body.values);
  return write(manager, user, kind, key, { ...body, version: null });
}

/** Changes an item. AppError `conflict` if it has another version by now; `invalid-input` with the fields that do not fit. */
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
  { values, version }: SaveItem,
): Promise<SettingsItem> {
  const stored = await readStored(manager.configStore);
  const before = stored[kind].get(key);
  // A general setting that was never set has no item yet, and its form says version 0.
  const seen = version === 0 && !before && kindOf(kind).fixedKeys ? null : version;
  if (seen === null && before) throw exists(kind, key);
  if (seen !== null && before?.version !== seen) throw conflict(kind, key);
  const after = mergeItem(kind, key, values, before?.fields);
  // A new name may hold what no key can, so it is judged as it was entered.
  const names = Object.keys(keyParts(kind, key)).map((name) => [
    name,
    typeof values[name] === "string" ? values[name].trim() : "",
  ]);
  const faults = judgeItem(configurationOf(stored), kind, { ...after, ...Object.fromEntries(names) }, manager.config);
  const [sentence] = Object.values(faults);
  if (sentence) throw new AppError("invalid-input", `Not saved: ${sentence}`, { details: { fields: faults } });
  const written = await change(manager, user, kind, key, before, after);
  if (!written) throw before ? conflict(kind, key) : exists(kind, key);
  return readItem(manager, kind, key);
}

/** Removes an item. AppError `conflict` if it has another version by now, or if something uses it. */
export async function removeItem(
  manager: Manager,
  user: User,
  { kind, key }: { readonly kind: ConfigKind; readonly key: string },
  version: number,
): Promise<void> {
  const stored = await readStored(manager.configStore);
  const before = stored[kind].get(key);
  if (before?.version !== version) throw conflict(kind, key);
  const uses = [...itemUses(configurationOf(stored), kind, key), ...(await ordersUsing(manager, kind, key))];
  if (uses.length > 0)
    throw new AppError(
      "conflict",
      `The ${kindOf(kind).title} ${key} is used by ${uses
        .slice(0, 3)
        .map(({ title }) => title)
        .join(", ")}${uses.length > 3 ? ` and ${uses.length - 3} more` : ""}. Change those first, then remove it.`,
      { details: { reason: "used", usedBy: uses } },
    );
  if (!(await change(manager, user, kind, key, before, undefined))) throw conflict(kind, key);
}

function change(
  { configStore, clock }: Manager,
  user: User,
  kind: ConfigKind,
  key: string,
  before: StoredItem | undefined,
  after: Fields | undefined,
): Promise<boolean> {
  const now = clock.now();
  return configStore.change({ kind, key, before, after, by: user.id, now, id: ulid(now) });
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
