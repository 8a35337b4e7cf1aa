import { startQueueBoard } from "../queueBoard.ts";
import { container, runPart } from "./runPart.ts";

await runPart("queue-board", async ({ use, variable }) => {
  use(await startQueueBoard({ ...container("queue-board"), port: 8022, redisUrl: variable("REDIS_URL") }));
});
