import { handler as connect } from "../../lambdas/connect.ts";
import { handler as disconnect } from "../../lambdas/disconnect.ts";
import { startWebSocketGateway } from "../webSocketGateway.ts";
import { everyAddress, runPart } from "./runPart.ts";

// The Lambdas are wired from the environment, as in AWS.
await runPart("websocket", async ({ use, log }) => {
  const onError = (error: unknown) => log.warn({ error }, "an integration failed");
  use(await startWebSocketGateway({ host: everyAddress, port: 8024, connect, disconnect, onError }));
});
