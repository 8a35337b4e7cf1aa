import type { Command } from "commander";
import { forgetPerson } from "../../services/manager/src/server/people/forgetPerson.ts";
import { heldIndexes } from "../../services/manager/src/server/people/heldIndexes.ts";
import { mayChange, type Operation, sayJson } from "./operation.ts";
import { portsOf } from "./ports.ts";
import { changingCommand, group, run } from "./program.ts";

export function addPeopleCommands(program: Command): void {
  const people = group(program, "people", "People the organisation mails.");
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
