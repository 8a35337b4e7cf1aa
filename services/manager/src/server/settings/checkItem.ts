import { configurationOf, readStored } from "@email-agent/shared/adapters/storedConfiguration.ts";
import { withInvitationKey } from "@email-agent/shared/domain/configuration/invitations.ts";
import { type ConfigKind, keyOf, kindOf } from "@email-agent/shared/domain/configuration/kinds.ts";
import { mergeItem } from "@email-agent/shared/domain/configuration/mergeItem.ts";
import { ulid } from "ulid";
import { z } from "zod";
import type { ItemCheck } from "../../api/settings.ts";
import type { Manager } from "../manager.ts";
import { judgeSettings } from "./generalSettings.ts";
import { judgeEntered } from "./judgeEntered.ts";

/** See ItemCheck. */
export const checkItemSchema = z.strictObject({
  values: z.record(z.string(), z.unknown()),
  /** A new item: its name may be taken. */
  isNew: z.boolean(),
});

/** Judges what is entered so far by the rules of a save. Of the general settings `values` has all of them, by name. */
export async function checkItem(
  manager: Manager,
  kind: ConfigKind,
  { values: entered, isNew }: z.output<typeof checkItemSchema>,
): Promise<ItemCheck> {
  const stored = await readStored(manager.configStore);
  const configuration = configurationOf(stored);
  const values = kind === "user" && isNew ? withInvitationKey(entered, ulid(manager.clock.now())) : entered;
  if (kind === "setting" && values["name"] === undefined)
    return { fields: judgeSettings(configuration, values, manager.config) };
  const key = keyOf(kind, values);
  const before = isNew ? undefined : stored[kind].get(key);
  const after = mergeItem(kind, key, values, before?.fields);
  const fields = judgeEntered(configuration, { kind, key, values }, after, manager.config);
  const [first] = kindOf(kind).keyFields;
  const isTaken = isNew && stored[kind].has(key);
  return {
    fields: isTaken
      ? { ...fields, [first]: `There is a ${kindOf(kind).title} ${key} already. Open it, or choose another name.` }
      : fields,
  };
}
