import { readFileSync, writeFileSync } from "node:fs";
import { pendingResets } from "@email-agent/shared/adapters/pendingResets.ts";
import { configurationOf, readStored } from "@email-agent/shared/adapters/storedConfiguration.ts";
import {
  type Comparison,
  compareConfiguration,
} from "@email-agent/shared/domain/configuration/compareConfiguration.ts";
import { configurationFile } from "@email-agent/shared/domain/configuration/configurationFile.ts";
import { kindOf } from "@email-agent/shared/domain/configuration/kinds.ts";
import { readConfigurationFile } from "@email-agent/shared/domain/configuration/readConfigurationFile.ts";
import { badItemLog } from "@email-agent/shared/kit/badItems.ts";
import type { Command } from "commander";
import type { ItemEffect } from "../../services/manager/src/api/settings.ts";
import { contentWords } from "../../services/manager/src/server/settings/contentWords.ts";
import {
  eachOnce,
  ordersOfComparison,
  writeComparison,
} from "../../services/manager/src/server/settings/importEffects.ts";
import { isConfirmed, type Operation, sayJson } from "./operation.ts";
import { changingCommand, command, group, run } from "./program.ts";

export function addConfigurationCommands(program: Command): void {
  const config = group(program, "config", "The whole configuration as one YAML file.");
  command(
    config,
    "export [file]",
    "Writes the configuration, without passwords and keys, to the file or the screen.",
    "config export > configuration.yaml",
  ).action(
    run(async (operation: Operation, file?: string) => {
      const text = await exportConfiguration(operation);
      if (file === undefined) process.stdout.write(text);
      else writeFileSync(file, text);
      return true;
    }),
  );
  changingCommand(
    config,
    "import <file>",
    "Shows what a file would change, asks, and imports it. - reads the standard input.",
    "config import configuration.yaml --dry-run",
  ).action(
    run((operation: Operation, file: string) =>
      importConfiguration(operation, readFileSync(file === "-" ? 0 : file, "utf8")),
    ),
  );
}

export async function exportConfiguration({ store }: Operation): Promise<string> {
  return configurationFile(configurationOf(await readStored(store)));
}

/** Shows what a file would change and which work orders that sets back, and imports it. False if it does not fit, was not wanted, or met another change. */
export async function importConfiguration(operation: Operation, text: string): Promise<boolean> {
  const { store, options, defaults, by, say, complain } = operation;
  const stored = await readStored(store);
  // Only the page removes items: it also knows the work orders and the published content that use them.
  const whole = readConfigurationFile(text);
  const comparison = compareConfiguration(configurationOf(stored), whole, { remove: false, defaults });
  const { changes, faults } = comparison;
  const ports = {
    ...{ configStore: store, orders: operation.orders, clock: operation.aws.clock },
    contentWords: contentWords(operation.documents),
    pendingResets: pendingResets(operation.aws, operation.tables),
    reportBadItem: badItemLog(operation.log),
  };
  const affected = await ordersOfComparison(ports, stored, comparison);
  const effects = eachOnce(affected);
  if (!options.json) show(operation, comparison, effects);
  if (options.json && (options.dryRun || faults.length > 0)) sayJson(operation, { ...jsonOf(comparison), effects });
  if (faults.length > 0) return false;
  if (options.dryRun || changes.length === 0) return true;
  if (!(await isConfirmed(operation, `Import ${changes.length} changes?`))) {
    complain("Nothing was imported.");
    return false;
  }
  const done = await writeComparison(ports, { id: by }, stored, comparison, affected);
  const { written, conflict, reset, notReset } = done;
  const result = { written: written.length, conflict: conflict ?? null, reset, notReset };
  if (options.json) sayJson(operation, { ...jsonOf(comparison), effects, ...result });
  else say(`${written.length} changes were imported, ${reset.length} work orders set back.`);
  for (const { title } of notReset) complain(`Not set back, because a step works: ${title}.`);
  if (conflict)
    complain(
      `It ended at the ${kindOf(conflict.kind).title} ${conflict.key}, which was changed meanwhile. Import the file again for the rest.`,
    );
  return conflict === undefined;
}

/** Without what is to be stored: that holds secrets. */
function jsonOf({ changes, ...others }: Comparison) {
  return { ...others, changes: changes.map(({ kind, key, change, fields }) => ({ kind, key, change, fields })) };
}

function show({ say, complain }: Operation, comparison: Comparison, effects: readonly ItemEffect[]): void {
  const { changes, faults, unchanged, unnamed, secretsToEnter } = comparison;
  for (const { line, column, what, sentence } of faults) {
    const place = line === undefined ? "" : `line ${line}, column ${column}: `;
    complain(`${place}${what}: ${sentence}`);
  }
  for (const { kind, key, change, fields } of changes) {
    say(`${change} ${kindOf(kind).title} ${key}`);
    for (const { path, before, after } of fields) say(`  ${path}: ${valueText(before)} -> ${valueText(after)}`);
  }
  say(`${changes.length} changes, ${unchanged} items as they are, ${unnamed} not named in the file, which stay.`);
  for (const { title, steps, busy } of effects)
    say(`${busy ? "To be set back, but a step works" : "Sets back"}: ${title}: ${steps.join(", ")}`);
  for (const { key, field } of secretsToEnter) say(`To be entered afterwards: ${field} of the mail account ${key}.`);
}

function valueText(value: unknown): string {
  return value === undefined ? "not set" : JSON.stringify(value);
}
