// The operator's command line: users and the configuration, on the running local stack or by the environment of a service.
import { readFileSync, writeFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { exportConfiguration, importConfiguration } from "./opsConfiguration.ts";
import { type Operation, openOperation } from "./opsOperation.ts";
import { forget } from "./opsPeople.ts";
import { addUser, listUsers, removeUser } from "./opsUsers.ts";

const help = `
It works on the local stack that runs on --data, or, where WORK_ORDERS_TABLE is set, on the tables that the environment of a
service names (AWS_REGION, CONFIG_TABLE, …; docs/environment.md). Every change has a line in the audit, by --as.

Exit codes: 0 done, 1 refused or not done, 2 wrong use.`;

const program = new Command("ops")
  .description("Users, configuration and people of an email-agent.")
  .usage("<command> (npm run --silent ops -- …)")
  .addHelpText("after", help)
  .exitOverride();

/** Options that every command has. */
function command(parent: Command, usage: string, description: string): Command {
  return parent
    .command(usage)
    .description(description)
    .option("--data <folder>", "local data of the running stack", ".data")
    .option("--as <name>", "who changes it, for the audit (default: the user of the operating system)")
    .option("--json", "the result as JSON")
    .exitOverride();
}

const user = program.command("user").description("Who may use the Email Manager.").exitOverride();
command(user, "list", "All users with their rights.").action(run(listUsers));
command(
  user,
  "add [id]",
  "Adds a user. The id is what sign-in gives: the claim sub, unless OIDC_USER_CLAIM says otherwise. Or --email invites one.",
)
  .option("--email <address>", "in place of an id: the first verified sign-in with this address becomes this user")
  .requiredOption("--name <name>", "name, as pages show it")
  .addOption(
    new Option("--role <role>", "what the user may do").choices(["read", "write", "admin"]).makeOptionMandatory(),
  )
  .option("--events <codes>", "events the user sees, with commas between them", "*")
  .option("--addresses", "mail addresses are shown in full")
  .option("--csv", "lists of recipients may be exported")
  .option("--people", "the pages of People may be opened")
  .action(run(addUser));
command(user, "remove <id>", "Removes a user or an invitation. Sessions of the user end with the next request.")
  .option("--yes", "does not ask")
  .action(run(removeUser));

const config = program.command("config").description("The whole configuration as one YAML file.").exitOverride();
command(
  config,
  "export [file]",
  "Writes the configuration, without passwords and keys, to the file or the screen.",
).action(
  run(async (operation, file?: string) => {
    const text = await exportConfiguration(operation);
    if (file === undefined) process.stdout.write(text);
    else writeFileSync(file, text);
    return true;
  }),
);
command(config, "import <file>", "Shows what a file would change, asks, and imports it. - reads the standard input.")
  .option("--dry-run", "only shows what would change")
  .option("--yes", "does not ask")
  .action(
    run((operation, file: string) => importConfiguration(operation, readFileSync(file === "-" ? 0 : file, "utf8"))),
  );

const people = program.command("people").description("People the organisation mails.").exitOverride();
command(
  people,
  "forget <id>",
  "Erases everything about a person but the id, in the record and on every list. It cannot be undone.",
)
  .requiredOption("--reason <text>", "why, for the audit")
  .option("--yes", "does not ask")
  .action(run(forget));

/** The action of a command: opens the tables, does it, and exits with 1 if it is false. */
function run<Arguments extends unknown[]>(work: (operation: Operation, ...args: Arguments) => Promise<boolean>) {
  return async (...given: unknown[]) => {
    const options = given.at(-2) as Operation["options"];
    await using stack = new AsyncDisposableStack();
    const operation = await openOperation(options, stack);
    if (!(await work(operation, ...(given.slice(0, -2) as Arguments)))) process.exitCode = 1;
  };
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
