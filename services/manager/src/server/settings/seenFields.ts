import { createHash } from "node:crypto";
import type { StoredItem } from "@email-agent/shared/adapters/configStore.ts";
import { fieldsOfKind } from "@email-agent/shared/domain/configuration/fields.ts";
import { type ConfigKind, keyParts } from "@email-agent/shared/domain/configuration/kinds.ts";
import { withoutSecrets } from "@email-agent/shared/domain/configuration/secrets.ts";

/**
 * A mark of what a form was read with: the fields of the form as they are stored, without secrets. Other programs write items
 * and leave the version as it is; a save with another mark was entered for something that is there no more.
 */
export function seenFields(kind: ConfigKind, key: string, item: StoredItem | undefined): string {
  if (!item) return "";
  const isKey = keyParts(kind, key);
  const names = (fieldsOfKind(kind, key) ?? [])
    .filter(({ name, elsewhere }) => !elsewhere && !(name in isKey))
    .map(({ name }) => name)
    .sort();
  const fields = withoutSecrets(kind, key, item.fields);
  const seen = names.map((name) => [name, sorted(fields[name])]);
  return createHash("sha256").update(JSON.stringify(seen)).digest("base64url");
}

/** The table does not keep the order of the names in a map. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}
