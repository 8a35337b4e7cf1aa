import type { Handled, Received } from "@email-agent/shared/adapters/queueConsumer.ts";
import { dispositionOf } from "@email-agent/shared/kit/errors.ts";
import { type Log, withLogContext } from "@email-agent/shared/kit/log.ts";
import { type StepCommand, stepCommandSchema } from "@email-agent/shared/messages/stepCommand.ts";

/**
 * Reads a message of the command queue and passes it to `accept`. Poison messages go to the dead-letter queue: a body that is
 * not a command of version 1, and a command for an order that does not fit its schema. Any other failure makes the message
 * visible again.
 */
export async function takeMessage(
  { body, receives }: Received,
  accept: (command: StepCommand) => Promise<unknown>,
  log: Log,
): Promise<Handled> {
  const command = readCommand(body);
  if ("problem" in command) {
    if (receives === 1)
      log.error({ problem: command.problem }, "A message is not a command; it goes to the dead-letter queue");
    return "dead";
  }
  const { workOrderId, commandId, step } = command;
  return withLogContext({ workOrderId, commandId, step }, async () => {
    try {
      await accept(command);
      return "done";
    } catch (error) {
      if (dispositionOf(error) !== "reject") throw error;
      if (receives === 1) log.error({ error }, "A command cannot be judged; it goes to the dead-letter queue");
      return "dead";
    }
  });
}

function readCommand(body: string): StepCommand | { problem: string } {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { problem: "not JSON" };
  }
  const parsed = stepCommandSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return { problem: `${issue?.path.join(".") || "(body)"}: ${issue?.message}` };
}
