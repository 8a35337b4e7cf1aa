import { encodings, separators } from "@email-agent/shared/domain/recipients/peopleImport.ts";
import { type Command, Option } from "commander";
import { forgetPerson } from "../../services/manager/src/server/people/forgetPerson.ts";
import { heldIndexes } from "../../services/manager/src/server/people/heldIndexes.ts";
import { mayChange, type Operation, sayJson } from "./operation.ts";
import { exportToFile } from "./peopleExport.ts";
import { importPeople } from "./peopleImport.ts";
import { portsOf } from "./ports.ts";
import { changingCommand, command, group, run } from "./program.ts";

export function addPeopleCommands(program: Command): void {
  const people = group(program, "people", "People the organisation mails.");
  changingCommand(
    people,
    "import [file]",
    "Imports people from a CSV file as the page does: shows what would change, asks, and imports. An Email Manager does the work.",
    "people import members.csv --dry-run",
    "people import --resume import-01KAB…",
  )
    .addOption(new Option("--encoding <name>", "in place of what is detected").choices(encodings))
    .addOption(new Option("--separator <sign>", "in place of what is detected").choices(separators))
    .option("--shared-addresses", "several people may have one address; each row then needs an id")
    .option("--resume <import>", "goes on with an import, in place of a file")
    .action(run(importPeople));
  command(
    people,
    "export [file]",
    "Writes everyone as CSV, with the headings that an import knows, to the file or the screen.",
    "people export people.csv",
  )
    .option("--no-addresses", "without the column of addresses")
    .action(run(exportToFile));
  changingCommand(
    people,
    "forget <id>",
    "Erases everything about a person but the id, in the record and on every list. It cannot be undone.",
    'people forget 200000123 --reason "asked by letter"',
  )
    .requiredOption("--reason <text>", "why, for the audit")
    .action(run(forget));
}

/** As the page of the person does. */
async function forget(operation: Operation<{ readonly reason: string }>, id: string): Promise<boolean> {
  const { options, by, say } = operation;
  const may = await mayChange(operation, `Forget ${id}? It cannot be undone.`);
  if (!may) return may === undefined;
  using people = heldIndexes();
  const result = await forgetPerson({ ...portsOf(operation), people }, { id, by, reason: options.reason });
  if (options.json) sayJson(operation, { id, ...result });
  else {
    say(`Forgotten: ${id}, ${result.rows} rows on lists erased.`);
    if (result.left > 0)
      say(`${result.left} rows are being sent; the Email Manager erases them by itself within minutes.`);
  }
  return true;
}
