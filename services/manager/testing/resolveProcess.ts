// Resolves many mails in doubt in a process of its own, and kills it when its batch of writes of a given number is about to
// be sent. Argument 1: the environment of the stack, JSON; argument 2: ResolveProcessOptions, JSON.
import { subscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";
import { resolveMany, resolveManyBody } from "../src/server/doubts/resolveMany.ts";
import { managerOver } from "./managerOver.ts";
import type { ResolveProcessOptions } from "./startResolveProcess.ts";

const [environment = "{}", given = "{}"] = process.argv.slice(2);
const { user, orderId, body, diesAtBatch }: ResolveProcessOptions = JSON.parse(given);
const { manager } = managerOver(JSON.parse(environment));
let batches = 0;
subscribe("http.client.request.created", (message) => {
  const { request } = message as { request: ClientRequest };
  if (!String(request.getHeader("x-amz-target")).endsWith(".BatchExecuteStatement")) return;
  batches += 1;
  if (batches === diesAtBatch) process.kill(process.pid, "SIGKILL");
});
const order = await manager.orders.get(orderId);
if (!order) throw new Error(`There is no order ${orderId}.`);
const response = await resolveMany(manager, user, order, resolveManyBody.parse(body), new AbortController().signal);
await response.text();
