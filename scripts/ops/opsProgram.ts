import { Command } from "commander";
import { addAccountCommands } from "./accounts.ts";
import { addBackupCommand } from "./backup.ts";
import { addCompletionCommands } from "./completion.ts";
import { addConfigurationCommands } from "./configuration.ts";
import { addDeadLetterCommands } from "./deadLetters.ts";
import { addInDoubtCommands } from "./inDoubt.ts";
import { addLeaseCommands } from "./leases.ts";
import { addOrderCommands } from "./orders.ts";
import { addPeopleCommands } from "./people.ts";
import { addQueueCommands } from "./queues.ts";
import { addRestoreCommands } from "./restore.ts";
import { addUserCommands } from "./users.ts";

const help = `
It works on the local stack that runs on --data, or, where WORK_ORDERS_TABLE is set, on the tables that the environment of a
service names (AWS_REGION, CONFIG_TABLE, …; docs/environment.md). Every change has a line in the audit, by --as. Every change
but \`user add\` asks first, unless --yes is given. \`help <command>\` shows options and examples.

Exit codes: 0 done, 1 refused or not done, 2 wrong use, 130 ended by Ctrl-C.`;

/** All commands. */
export function opsProgram(): Command {
  const program = new Command("ops")
    .description(
      "Looks after a running email-agent: orders, doubts, accounts, queues, users, configuration, people, backups.",
    )
    .usage("<command> (npm run --silent ops -- …)")
    .addHelpText("after", help)
    .exitOverride();
  addOrderCommands(program);
  addInDoubtCommands(program);
  addAccountCommands(program);
  addQueueCommands(program);
  addDeadLetterCommands(program);
  addLeaseCommands(program);
  addUserCommands(program);
  addConfigurationCommands(program);
  addPeopleCommands(program);
  addBackupCommand(program);
  addRestoreCommands(program);
  addCompletionCommands(program);
  return program;
}
