import type { ItemVersion } from "@email-agent/shared/adapters/configStore.ts";
import {
  configurationOf,
  readStored,
  type StoredConfiguration,
} from "@email-agent/shared/adapters/storedConfiguration.ts";
import { type Field, fieldsOfKind } from "@email-agent/shared/domain/configuration/fields.ts";
import { isInvitation } from "@email-agent/shared/domain/configuration/invitations.ts";
import { judgeItem, wholeItem } from "@email-agent/shared/domain/configuration/judgeItem.ts";
import { type ConfigKind, configKindNames, keyParts, kindOf } from "@email-agent/shared/domain/configuration/kinds.ts";
import { kindElsewhere } from "@email-agent/shared/domain/configuration/maintainedElsewhere.ts";
import { valueAt } from "@email-agent/shared/domain/configuration/mergeItem.ts";
import { type Configuration, usesOf } from "@email-agent/shared/domain/configuration/references.ts";
import { secretPaths, withoutSecrets } from "@email-agent/shared/domain/configuration/secrets.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { ItemUse, SettingsForm, SettingsItem, SettingsList, SettingsVersion } from "../../api/settings.ts";
import type { Manager } from "../manager.ts";
import { userNames } from "../sending/userNames.ts";
import { ordersUsing } from "./ordersUsing.ts";
import { seenFields } from "./seenFields.ts";
import { itemAddress, summaryOf } from "./settingsWords.ts";

/** The items of a kind; those that do not fit say why. */
export async function listItems(manager: Manager, kind: ConfigKind): Promise<SettingsList> {
  const stored = await readStored(manager.configStore);
  const configuration = configurationOf(stored);
  const { fixedKeys } = kindOf(kind);
  const keys = fixedKeys ?? [...stored[kind].keys()].sort((one, other) => one.localeCompare(other, "en"));
  const nameOf = await userNames(
    manager,
    [...stored[kind].values()].map(({ changedBy }) => changedBy),
  );
  const elsewhere = kindElsewhere(configuration, kind);
  return {
    ...(elsewhere !== undefined && { elsewhere }),
    items: keys.map((key) => {
      const item = stored[kind].get(key);
      const whole = wholeItem(kind, key, item?.fields ?? {});
      const [problem] = item ? Object.values(judgeItem(configuration, kind, whole, manager.config)) : [];
      return {
        key,
        summary: summaryOf(kind, whole),
        ...(kind === "user" && isInvitation(key) && { title: `${String(whole["email"])} (invited)` }),
        version: item?.version ?? 0,
        ...(item?.changedAt && { changedAt: item.changedAt }),
        ...(item?.changedBy && { changedBy: nameOf(item.changedBy) }),
        ...(problem && { problem }),
      };
    }),
  };
}

/** The form for a new item of a kind. */
export async function newItem(manager: Manager, kind: ConfigKind): Promise<SettingsItem> {
  const configuration = configurationOf(await readStored(manager.configStore));
  const form = formOf(configuration, kind, "");
  const elsewhere = kindElsewhere(configuration, kind);
  return {
    ...{ form, hiddenFields: [], values: {}, secretsSet: [], faults: {}, usedBy: [], versions: [] },
    ...(elsewhere !== undefined && { elsewhere }),
  };
}

/** An item with its history and what uses it. AppError `not-found` if there is none and never was. */
export async function readItem(manager: Manager, kind: ConfigKind, key: string): Promise<SettingsItem> {
  const [stored, history] = await Promise.all([
    readStored(manager.configStore),
    manager.configStore.history(kind, key),
  ]);
  const item = stored[kind].get(key);
  const isFixed = kindOf(kind).fixedKeys?.includes(key) === true;
  if (!item && history.length === 0 && !isFixed)
    throw new AppError(
      "not-found",
      `There is no ${kindOf(kind).title} "${key}". Open the list of ${kindOf(kind).plural}.`,
    );
  const configuration = configurationOf(stored);
  const form = formOf(configuration, kind, key);
  const elsewhere = kindElsewhere(configuration, kind);
  const fields = item?.fields ?? {};
  const names = await userNames(manager, [item?.changedBy, ...history.map(({ changedBy }) => changedBy)]);
  return {
    ...{ key, form, hiddenFields: (fieldsOfKind(kind, key) ?? []).filter((field) => field.elsewhere) },
    values: wholeItem(kind, key, withoutSecrets(kind, key, fields)),
    secretsSet: secretPaths(form.fields)
      .filter((path) => typeof valueAt(fields, path) === "string")
      .map((path) => path.join(".")),
    faults: item ? judgeItem(configuration, kind, wholeItem(kind, key, fields), manager.config) : {},
    seen: seenFields(kind, key, item),
    usedBy: await usesOfItem(manager, stored, kind, key),
    versions: history.map((version) => shownVersion(version, names)),
    ...(elsewhere !== undefined && { elsewhere }),
    ...(item && { version: item.version }),
    ...(item?.changedAt && { changedAt: item.changedAt }),
    ...(item?.changedBy && { changedBy: names(item.changedBy) }),
  };
}

/** What names an item, and so keeps it from being removed. */
export async function usesOfItem(
  manager: Manager,
  stored: StoredConfiguration,
  kind: ConfigKind,
  key: string,
): Promise<ItemUse[]> {
  return [...itemUses(configurationOf(stored), kind, key), ...(await ordersUsing(manager, stored, kind, key))];
}

/** The other items that name an item. */
function itemUses(configuration: Configuration, kind: ConfigKind, key: string): ItemUse[] {
  const uses = usesOf(configuration, kind, key).filter((use) => use.kind !== kind || use.key !== key);
  const distinct = new Map(uses.map((use) => [itemAddress(use.kind, use.key), use]));
  return [...distinct].map(([address, use]) => ({ title: `${kindOf(use.kind).title} ${use.key}`, address }));
}

function shownVersion(version: ItemVersion, nameOf: (id: string) => string): SettingsVersion {
  const { changedBy, ...rest } = version;
  return { ...rest, ...(changedBy && { changedBy: nameOf(changedBy) }) };
}

function formOf(configuration: Configuration, kind: ConfigKind, key: string): SettingsForm {
  const keyFields = Object.keys(keyParts(kind, key));
  const known = (fieldsOfKind(kind, key) ?? []).filter(({ elsewhere }) => !elsewhere);
  const fields = [
    ...known.filter(({ name }) => keyFields.includes(name)),
    ...known.filter(({ name }) => !keyFields.includes(name)),
  ].filter(({ name }) => kind !== "user" || key === "" || name !== otherName(key));
  const named = new Set(fields.flatMap(kindsNamed));
  if (kind === "pool") for (const other of ["pool", "event"] as const) named.add(other);
  const choices = configKindNames
    .filter((other) => named.has(other))
    .map((other) => [
      other,
      [...configuration[other]].map(([name, item]) => ({ key: name, label: summaryOf(other, item) })),
    ]);
  return { kind, fields, keyFields, choices: Object.fromEntries(choices) };
}

/** A user is known by an id or, while invited, by a mail address: the form of one that is there does not offer the other. */
function otherName(key: string): string {
  return isInvitation(key) ? "id" : "email";
}

function kindsNamed({ refersTo, of, fields = [] }: Field): ConfigKind[] {
  return [...(refersTo ? [refersTo] : []), ...(of ? kindsNamed(of) : []), ...fields.flatMap(kindsNamed)];
}
