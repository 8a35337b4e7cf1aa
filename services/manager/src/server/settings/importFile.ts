import { createHash } from "node:crypto";
import {
  configurationOf,
  readStored,
  type StoredConfiguration,
} from "@email-agent/shared/adapters/storedConfiguration.ts";
import { canonicalJson } from "@email-agent/shared/domain/canonicalJson.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import {
  type Comparison,
  compareConfiguration,
} from "@email-agent/shared/domain/configuration/compareConfiguration.ts";
import { configurationFile } from "@email-agent/shared/domain/configuration/configurationFile.ts";
import { kindOf } from "@email-agent/shared/domain/configuration/kinds.ts";
import {
  type FileFault,
  readConfigurationFile,
} from "@email-agent/shared/domain/configuration/readConfigurationFile.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { z } from "zod";
import type { ComparedFile, ImportedFile } from "../../api/configuration.ts";
import type { Manager } from "../manager.ts";
import { eachOnce, ordersOfComparison, writeComparison } from "./importEffects.ts";
import { ordersUsing } from "./ordersUsing.ts";

/** `remove`: items that a complete file does not name are removed. */
export const compareFileSchema = z.strictObject({ text: z.string(), remove: z.boolean() });
/** `fingerprint`: of the comparison that the user saw. */
export const importFileSchema = compareFileSchema.extend({ fingerprint: z.string() });

/** The whole configuration as a YAML file, without passwords and keys. */
export async function exportFile({ configStore, clock }: Pick<Manager, "configStore" | "clock">): Promise<Response> {
  const text = configurationFile(configurationOf(await readStored(configStore)));
  const name = `email-agent-configuration-${instant(clock.now()).slice(0, 10)}.yaml`;
  const headers = {
    "content-type": "application/yaml; charset=utf-8",
    "content-disposition": `attachment; filename="${name}"`,
    "cache-control": "no-store",
  };
  return new Response(text, { headers });
}

/** What an import of a file would change. */
export async function compareFile(
  manager: Manager,
  user: User,
  { text, remove }: z.output<typeof compareFileSchema>,
): Promise<ComparedFile> {
  const { stored, comparison, fingerprint, isComplete } = await compared(manager, text, remove);
  const { unchanged, unnamed, faults, secretsToEnter } = comparison;
  return {
    changes: comparison.changes.map(({ kind, key, change, fields }) => ({ kind, key, change, fields })),
    ...{ unchanged, unnamed, isComplete, faults, secretsToEnter, fingerprint },
    effects: eachOnce(await ordersOfComparison(manager, stored, comparison)),
    warnings: warningsFor(user, comparison),
  };
}

/**
 * Imports a file. AppError `invalid-input` if it does not fit; `conflict` if it would do something else than the user saw, for
 * an item was changed since.
 */
export async function importFile(
  manager: Manager,
  user: User,
  { text, remove, fingerprint }: z.output<typeof importFileSchema>,
): Promise<ImportedFile> {
  const now = await compared(manager, text, remove);
  const [fault] = now.comparison.faults;
  if (fault) throw new AppError("invalid-input", `Nothing was imported: ${fault.what}: ${fault.sentence}`);
  if (now.fingerprint !== fingerprint)
    throw new AppError(
      "conflict",
      "Nothing was imported: the configuration was changed since you compared it. Compare again, then import.",
      { details: { reason: "version" } },
    );
  const { stored, comparison } = now;
  const affected = await ordersOfComparison(manager, stored, comparison);
  const { written, ...others } = await writeComparison(manager, user, stored, comparison, affected);
  return { written: written.length, ...others };
}

async function compared(manager: Manager, text: string, remove: boolean) {
  const stored = await readStored(manager.configStore);
  const file = readConfigurationFile(text);
  const comparison = compareConfiguration(configurationOf(stored), file, { remove, defaults: manager.config });
  const faults = [...comparison.faults, ...(await faultsOfOrders(manager, stored, comparison))];
  const fingerprint = fingerprintOf(stored, comparison);
  return { stored, comparison: { ...comparison, faults }, fingerprint, isComplete: file.isComplete };
}

/** Items that work orders name stay. */
async function faultsOfOrders(
  manager: Manager,
  stored: StoredConfiguration,
  { changes }: Comparison,
): Promise<FileFault[]> {
  const faults: FileFault[] = [];
  for (const { kind, key, change } of changes) {
    const [use] = change === "removed" ? await ordersUsing(manager, stored, kind, key) : [];
    if (!use) continue;
    const sentence = `The ${use.title} uses it. Add it to the file, or archive the work order first.`;
    faults.push({ what: `${kindOf(kind).title} ${key}, which would be removed`, sentence });
  }
  return faults;
}

function fingerprintOf(stored: StoredConfiguration, { changes }: Comparison): string {
  const facts = changes.map(({ kind, key, after }) => [
    kind,
    key,
    after ?? null,
    stored[kind].get(key)?.version ?? null,
  ]);
  return createHash("sha256")
    .update(canonicalJson(facts) ?? "")
    .digest("hex");
}

function warningsFor({ id, role }: User, { changes }: Comparison): string[] {
  const own = changes.find(({ kind, key }) => kind === "user" && key === id);
  if (!own || own.after?.["role"] === role) return [];
  return [
    own.after
      ? "Your own role changes: afterwards you may no longer open the settings."
      : "You would be removed yourself, and signed out.",
  ];
}
