import { type Settings, settingsSchema } from "../settings.ts";
import type { ConfigKind } from "./kinds.ts";
import type { Configuration } from "./references.ts";

/** The key of the setting. */
export const elsewhereKey = "maintainedElsewhere" satisfies keyof Settings;

/**
 * Why events, or people, cannot be changed here; undefined where they can. The one rule for pages, API, imports and the command
 * line. `value`: of the setting as it is stored, undefined where it was never set. A value that does not fit its schema refuses too.
 */
export function elsewhereSentence(value: unknown, what: keyof Settings[typeof elsewhereKey]): string | undefined {
  const { data } = settingsSchema.shape[elsewhereKey].safeParse(value);
  if (data && !data[what]) return undefined;
  const title = what === "events" ? "Events" : "People";
  return `${title} are maintained in another application, says the setting “Maintained elsewhere”. Make the change there, or ask an administrator to change the setting.`;
}

/** The same for the items of a kind. */
export function kindElsewhere(configuration: Pick<Configuration, "setting">, kind: ConfigKind): string | undefined {
  return kind === "event" ? elsewhereSentence(configuration.setting.get(elsewhereKey)?.["value"], "events") : undefined;
}
