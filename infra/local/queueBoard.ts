import { createServer } from "node:http";
import { createBullBoard } from "@bull-board/api";
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import { ExpressAdapter } from "@bull-board/express";
import { steps } from "@email-agent/shared/domain/steps.ts";
import { chunkQueueName } from "@email-agent/shared/messages/stepJob.ts";
import { Queue } from "bullmq";
import express from "express";
import { type ListenOptions, listen } from "./listen.ts";

/** The queue board: a read-only page over every BullMQ queue, on loopback. */
export async function startQueueBoard(
  options: ListenOptions & { readonly redisUrl: string },
): Promise<{ url: string } & AsyncDisposable> {
  const queues = [...steps.map((step) => step.queue), chunkQueueName].map(
    (name) => new Queue(name, { connection: { url: options.redisUrl, maxRetriesPerRequest: null } }),
  );
  const serverAdapter = new ExpressAdapter();
  createBullBoard({ queues: queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })), serverAdapter });
  const app = express().use(serverAdapter.getRouter());
  const server = createServer(app);
  const port = await listen(server, options);
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await Promise.all(queues.map((queue) => queue.close()));
    },
  };
}
