import type { Command, WorkOrder } from "../workOrder.ts";
import type { OrderWrite } from "./orderWrite.ts";
import { sameValue } from "./runWrites.ts";

/**
 * Gives a command: `command` and `pendingCommandAt` in one write. It is refused while another command waits for its
 * judgement, and when another one came between the reading of `order` and the write, even if that was judged already:
 * of two users who click at once one learns what the other did.
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
