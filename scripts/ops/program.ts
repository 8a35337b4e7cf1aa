import { join } from "node:path";
import { type Command, CommanderError, Option } from "commander";
import { type Operation, openOperation } from "./operation.ts";

/** Of this checkout, wherever the command is given. */
const localData = join(import.meta.dirname, "..", "..", ".data");

/** A command of the operator with the options that all have; `example`: what follows `npm run --silent ops --`. */
export function command(parent: Command, usage: string, description: string, ...examples: string[]): Command {
  const made = parent
    .command(usage)
    .description(description)
    .addOption(new Option("--data <folder>", "local data of the running stack").default(localData, ".data"))
    .option("--as <name>", "who does it, for the audit (default: the user of the operating system)")
    .option("--json", "the result as JSON")
    .exitOverride();
  const lines = examples.map((example) => `  npm run --silent ops -- ${example}`);
  return examples.length === 0 ? made : made.addHelpText("after", `\nExamples:\n${lines.join("\n")}`);
}

/** The same for a command that changes something. */
export function changingCommand(...given: Parameters<typeof command>): Command {
  return command(...given)
    .option("--dry-run", "only says what would be done")
    .option("--yes", "does not ask");
}

/** A group of commands. */
export function group(parent: Command, name: string, description: string): Command {
  return parent.command(name).description(description).exitOverride();
}

/** The action of a command: opens the tables, does it, and exits with 1 if the result is false. */
export function run<Extra, Arguments extends unknown[]>(
  work: (operation: Operation<Extra>, ...args: Arguments) => Promise<boolean>,
) {
  return async (...given: unknown[]) => {
    const options = given.at(-2) as Operation<Extra>["options"];
    await using stack = new AsyncDisposableStack();
    const operation = await openOperation<Extra>(options, stack);
    const isDone = await work(operation, ...(given.slice(0, -2) as Arguments));
    if (!isDone) process.exitCode ??= 1;
  };
}

/** Exit codes: 0 done, 1 refused or not done, 2 wrong use, 130 ended by Ctrl-C. */
export async function runProgram(program: Command, args: readonly string[]): Promise<void> {
  // The reader of a pipe has seen enough, as `head` has.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    throw error;
  });
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else {
      process.stderr.write(`${(error as Error).message}\n`);
      process.exitCode ??= 1;
      // A connection that is still being tried would keep the process.
      setTimeout(() => process.exit(), 1000).unref();
    }
  }
}
