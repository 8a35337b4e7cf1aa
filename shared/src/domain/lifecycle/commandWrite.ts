import type { Command } from "../command.ts";
import type { WorkOrder } from "../workOrder.ts";
import type { OrderWrite } from "./orderWrite.ts";
import { sameValue } from "./runWrites.ts";

/**
 * Gives a command: `command` and `pendingCommandAt` in one write, under optimistic locking. It is refused while another
 * command waits for its judgement, and if another command was written since `order` was read, even if that one is judged
 * already: of two users who click at once, one learns what the other did.
 */
export function commandWrite(order: Pick<WorkOrder, "command">, command: Command): OrderWrite {
  return {
    set: [
      [["command"], command],
      [["pendingCommandAt"], command.requestedAt],
    ],
    remove: [],
    when: [{ path: ["pendingCommandAt"], exists: false }, sameValue(["command", "id"], order.command?.id)],
  };
}
