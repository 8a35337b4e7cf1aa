import { handler as connect } from "../../lambdas/connect.ts";
import { handler as disconnect } from "../../lambdas/disconnect.ts";
import { startWebSocketGateway } from "../webSocketGateway.ts";
import { container, runPart } from "./runPart.ts";

// The Lambdas are wired from the environment, as in AWS.
await runPart("websocket", async ({ use, log, variable }) => {
  const onError = (error: unknown) => log.warn({ error }, "an integration failed");
  const pageOrigins = [variable("MANAGER_URL")];
  use(
    await startWebSocketGateway({ ...container("websocket"), port: 8024, pageOrigins, connect, disconnect, onError }),
  );
});
