import { startQueueBoard } from "../queueBoard.ts";
import { everyAddress, runPart } from "./runPart.ts";

await runPart("queue-board", async ({ use, variable }) => {
  use(await startQueueBoard({ host: everyAddress, port: 8022, redisUrl: variable("REDIS_URL") }));
});
