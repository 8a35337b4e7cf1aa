import { inertText } from "@email-agent/shared/domain/delivery/personalLinks.ts";
import type { Manager } from "../manager.ts";

/** The same value with the personal links in its texts made inert: those an author pasted, and those a record holds. */
export function inertTexts<Value>(config: Manager["config"], made: Value): Value {
  return JSON.parse(JSON.stringify(made), (_, value: unknown) =>
    typeof value === "string" ? inertText(config, value) : value,
  );
}
