import { expect, it } from "vitest";
import { lambdaConfig } from "./lambdaConfig.ts";

const noSecret = () => Promise.reject(new Error("not expected"));

it("judges the rows a Lambda needs and no others", async () => {
  const environment = { SQS_QUEUE_URL: "https://sqs.example.org/1/work-order-queue.fifo" };
  const config = await lambdaConfig(["SQS_QUEUE_URL"], environment, noSecret);
  expect(config).toMatchObject({ ...environment, LOG_LEVEL: "info" });
  await expect(lambdaConfig(["CONNECTIONS_TABLE", "REALTIME_TICKET_SECRET"], {}, noSecret)).rejects.toThrow(
    /CONNECTIONS_TABLE is missing.*REALTIME_TICKET_SECRET is missing/,
  );
});

it("reads the ticket secret where its ARN points, and only for a Lambda that needs it", async () => {
  const environment = { CONNECTIONS_TABLE: "Connections", REALTIME_TICKET_SECRET_ARN: "arn:the-secret" };
  const readSecret = async (arn: string) => `the secret of ${arn}`;
  const config = await lambdaConfig(["CONNECTIONS_TABLE", "REALTIME_TICKET_SECRET"], environment, readSecret);
  expect(config.REALTIME_TICKET_SECRET).toBe("the secret of arn:the-secret");
  await lambdaConfig(["CONNECTIONS_TABLE"], environment, noSecret);
});
