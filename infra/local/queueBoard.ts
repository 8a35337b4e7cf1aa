import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createBullBoard } from "@bull-board/api";
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import { ExpressAdapter } from "@bull-board/express";
import { steps } from "@email-agent/shared/domain/steps.ts";
import { chunkQueueName } from "@email-agent/shared/messages/stepJob.ts";
import { Queue } from "bullmq";
import express from "express";

/** The queue board: a read-only page over every BullMQ queue, on loopback. */
export async function startQueueBoard(options: {
  port: number;
  redisUrl: string;
}): Promise<{ url: string } & AsyncDisposable> {
  const queues = [...steps.map((step) => step.queue), chunkQueueName].map(
    (name) => new Queue(name, { connection: { url: options.redisUrl, maxRetriesPerRequest: null } }),
  );
  const serverAdapter = new ExpressAdapter();
  createBullBoard({ queues: queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })), serverAdapter });
  const app = express().use(serverAdapter.getRouter());
  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await Promise.all(queues.map((queue) => queue.close()));
    },
  };
}
