import { lostPasswords } from "@email-agent/shared/domain/configuration/accountServer.ts";
import type { Item, ItemFaults } from "@email-agent/shared/domain/configuration/itemFaults.ts";
import { judgeItem } from "@email-agent/shared/domain/configuration/judgeItem.ts";
import { type ConfigKind, keyParts } from "@email-agent/shared/domain/configuration/kinds.ts";
import type { Configuration } from "@email-agent/shared/domain/configuration/references.ts";
import type { ManagerConfig } from "../manager.ts";

const otherServer =
  "The server changed: enter the password again. A stored password is sent only to the server, and for the user, that it was entered for.";

/** What is wrong with entered values, as they would be stored. A new name may hold what no key can: it is judged as it was entered. */
export function judgeEntered(
  configuration: Configuration,
  { kind, key, values }: { readonly kind: ConfigKind; readonly key: string; readonly values: Item },
  after: Item,
  config: ManagerConfig,
): ItemFaults {
  const names = Object.keys(keyParts(kind, key)).map((name) => {
    const value = values[name];
    return [name, typeof value === "string" ? value.trim() : ""];
  });
  const faults = judgeItem(configuration, kind, { ...after, ...Object.fromEntries(names) }, config);
  const before = kind === "account" ? configuration.account.get(key) : undefined;
  const lost = before ? lostPasswords(before, values, after) : [];
  return { ...faults, ...Object.fromEntries(lost.map((field) => [field, otherServer])) };
}
