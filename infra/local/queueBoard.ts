import { createBullBoard } from "@bull-board/api";
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import { ExpressAdapter } from "@bull-board/express";
import { steps } from "@email-agent/shared/domain/steps.ts";
import { chunkQueueName } from "@email-agent/shared/messages/stepJob.ts";
import { Queue } from "bullmq";
import express from "express";
import { type GuardedServerOptions, startGuardedServer } from "./guardedServer.ts";

/** The queue board: a read-only page over every BullMQ queue, on loopback. */
export async function startQueueBoard(
  options: GuardedServerOptions & { readonly redisUrl: string },
): Promise<{ url: string } & AsyncDisposable> {
  const queues = [...steps.map((step) => step.queue), chunkQueueName].map(
    (name) => new Queue(name, { connection: { url: options.redisUrl, maxRetriesPerRequest: null } }),
  );
  const serverAdapter = new ExpressAdapter();
  createBullBoard({ queues: queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })), serverAdapter });
  const app = express().use(serverAdapter.getRouter());
  const server = await startGuardedServer(options, app);
  return {
    url: server.url,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await Promise.all(queues.map((queue) => queue.close()));
    },
  };
}
