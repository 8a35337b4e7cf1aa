import { Agent } from "node:http";
import { startGuardedServer } from "../guardedServer.ts";
import { proxyRequest } from "../proxyRequest.ts";
import { container, runPart } from "./runPart.ts";

// The AWS endpoint for programs on the host, and not for the pages in its browsers.
await runPart("aws", async ({ use, variable }) => {
  const endpointUrl = variable("AWS_ENDPOINT_URL");
  const agent = new Agent({ keepAlive: true });
  const options = { ...container("aws"), port: 8026, keepAliveMilliseconds: 60_000 };
  use(await startGuardedServer(options, (request, response) => proxyRequest(request, response, endpointUrl, agent)));
});
