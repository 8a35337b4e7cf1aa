import { join } from "node:path";
import { handler } from "../../lambdas/streamRouter.ts";
import { startStreamPump } from "../streamPump.ts";
import { dataFolder, runPart } from "./runPart.ts";

await runPart("stream-pump", async ({ use, log, variable }) => {
  use(
    await startStreamPump({
      dynamoUrl: variable("AWS_ENDPOINT_URL"),
      tableName: variable("WORK_ORDERS_TABLE"),
      handler,
      // A look at the stream costs LocalStack some 10 ms.
      pollMilliseconds: 200,
      busyPollMilliseconds: 50,
      checkpointFile: join(dataFolder, "stream-position.json"),
      onError: (error) => log.warn({ error }, "the stream cannot be read; trying again until it can"),
    }),
  );
});
