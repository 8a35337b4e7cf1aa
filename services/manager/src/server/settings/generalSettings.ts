import type { StoredItem } from "@email-agent/shared/adapters/configStore.ts";
import {
  configurationOf,
  readStored,
  type StoredConfiguration,
} from "@email-agent/shared/adapters/storedConfiguration.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { type Field, fieldsOfKind, titleOf } from "@email-agent/shared/domain/configuration/fields.ts";
import type { ItemChange } from "@email-agent/shared/domain/configuration/itemChange.ts";
import type { Item, ItemFaults } from "@email-agent/shared/domain/configuration/itemFaults.ts";
import { judgeItem } from "@email-agent/shared/domain/configuration/judgeItem.ts";
import { kindOf } from "@email-agent/shared/domain/configuration/kinds.ts";
import type { Configuration } from "@email-agent/shared/domain/configuration/references.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { ulid } from "ulid";
import { z } from "zod";
import type { GeneralSettings, SavedGeneral } from "../../api/settings.ts";
import type { Manager, ManagerConfig } from "../manager.ts";
import { userNames } from "../sending/userNames.ts";
import { affectedOrders, resetOrders, resetsOf, shownEffect } from "./affectedOrders.ts";
import { refuseUnconfirmed } from "./confirmResets.ts";
import { seenFields } from "./seenFields.ts";
import { settleResets } from "./settleResets.ts";

const names = kindOf("setting").fixedKeys ?? [];

/** See SaveGeneralBody. */
export const saveGeneralSchema = z.strictObject({
  values: z.record(z.string(), z.unknown()),
  settings: z.record(z.string(), z.strictObject({ version: z.int().min(0), seen: z.string() })),
  confirmResets: z.boolean().optional(),
});

/** All general settings as one form: a field for each. */
export async function readGeneral(manager: Manager): Promise<GeneralSettings> {
  const stored = await readStored(manager.configStore);
  const values = valuesOf(stored);
  const nameOf = await userNames(
    manager,
    [...stored.setting.values()].map(({ changedBy }) => changedBy),
  );
  return {
    form: { kind: "setting", fields: names.flatMap(fieldOfSetting), keyFields: [], choices: {} },
    values,
    faults: judgeSettings(configurationOf(stored), values, manager.config),
    settings: Object.fromEntries(
      names.map((name) => {
        const item = stored.setting.get(name);
        const { version = 0, changedAt, changedBy } = item ?? {};
        const stamp = { ...(changedAt && { changedAt }), ...(changedBy && { changedBy: nameOf(changedBy) }) };
        return [name, { version, seen: seenFields("setting", name, item), ...stamp }];
      }),
    ),
  };
}

/**
 * Saves the settings that `body.settings` names, each with a version of its own: all of them are judged first, then each is
 * written. One that was changed meanwhile is left as it is and named in `conflicts`; the others are saved all the same.
 * AppError `invalid-input` with a sentence for each field that does not fit, `conflict` as saveItem.
 */
export async function saveGeneral(
  manager: Manager,
  user: User,
  { values, settings, confirmResets }: z.output<typeof saveGeneralSchema>,
): Promise<SavedGeneral> {
  const stored = await readStored(manager.configStore);
  const wanted = names.filter((name) => Object.hasOwn(settings, name));
  const entered = Object.fromEntries(wanted.map((name) => [name, values[name]]));
  const faults = judgeSettings(configurationOf(stored), entered, manager.config);
  const [sentence] = Object.values(faults);
  if (sentence) throw new AppError("invalid-input", `Not saved: ${sentence}`, { details: { fields: faults } });
  const changes = wanted
    .map((name) => changeOf(stored, name, values[name]))
    .filter(({ name }) => isCurrent(stored.setting.get(name), name, settings[name]));
  const affected = await affectedOrders(manager, stored, changes);
  refuseUnconfirmed(affected, confirmResets);
  await resetOrders(manager, user, affected);
  const written: { readonly kind: "setting"; readonly key: string; readonly id: string }[] = [];
  for (const { name, after } of changes) {
    const now = manager.clock.now();
    const before = stored.setting.get(name);
    const one = { kind: "setting", key: name, id: ulid(now) } as const;
    const change = { ...one, before, after: { ...before?.fields, ...after }, by: user.id, now };
    const resets = resetsOf(affected, "setting", name);
    if (await manager.configStore.change({ ...change, resets })) written.push(one);
  }
  const saved = written.map(({ key }) => key);
  const left = await settleResets(
    manager,
    user,
    affected.filter(({ change }) => saved.includes(change.key)),
    written,
  );
  const conflicts = wanted.filter((name) => !saved.includes(name));
  return {
    settings: await readGeneral(manager),
    ...{ saved, conflicts },
    reset: affected.filter(({ change }) => saved.includes(change.key)).map(shownEffect),
    notReset: left,
  };
}

function changeOf(
  stored: StoredConfiguration,
  name: string,
  value: unknown,
): ItemChange & { name: string; after: Item } {
  const before = stored.setting.get(name)?.fields;
  return { kind: "setting", key: name, name, before, after: { value } };
}

function isCurrent(
  item: StoredItem | undefined,
  name: string,
  seen: { version: number; seen: string } | undefined,
): boolean {
  return (item?.version ?? 0) === seen?.version && seenFields("setting", name, item) === seen.seen;
}

/** What is wrong with some settings: name of the setting, and the place in it → sentence. */
export function judgeSettings(configuration: Configuration, values: Item, config: ManagerConfig): ItemFaults {
  const faults = names
    .filter((name) => values[name] !== undefined)
    .flatMap((name) =>
      Object.entries(judgeItem(configuration, "setting", { name, value: values[name] }, config)).map(
        ([path, sentence]) => [path.replace(/^value/, name), sentence] as const,
      ),
    );
  return Object.fromEntries(faults);
}

function valuesOf(stored: StoredConfiguration): Item {
  const set = names.flatMap((name) => {
    const value = stored.setting.get(name)?.fields["value"];
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(set);
}

function fieldOfSetting(name: string): Field[] {
  const field = fieldsOfKind("setting", name)?.find((one) => one.name === "value");
  return field ? [{ ...field, name, title: field.title === titleOf("value") ? titleOf(name) : field.title }] : [];
}
