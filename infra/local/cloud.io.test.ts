import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { PublishCommand } from "@aws-sdk/client-sns";
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { type Aws, openAws } from "@email-agent/shared/adapters/aws.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startCloud } from "./cloud.ts";
import { createQueues } from "./createQueues.ts";
import { createTables } from "./createTables.ts";
import { startDynamo } from "./dynamo.ts";
import { useLocalCredentials } from "./localCredentials.ts";

let folder: string;
beforeAll(() => {
  useLocalCredentials();
  folder = mkdtempSync(join(tmpdir(), "email-agent-cloud-test-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const clients = (url: string) =>
  openAws({ AWS_REGION: "us-east-1", AWS_ENDPOINT_URL: url, AWS_ENDPOINT_URL_DYNAMODB: "" });

it("keeps queues, topic and objects over a restart on another port, also when it was killed", async () => {
  const first = join(folder, "first");
  await using one = await startCloud({ dataFolder: first });
  const names = await createQueues(one.url);
  await using aws = clients(one.url);
  const command = { MessageBody: "start", MessageGroupId: "wo-1", MessageDeduplicationId: "c-1" };
  await aws.sqs.send(new SendMessageCommand({ QueueUrl: names.SQS_QUEUE_URL, ...command }));
  await aws.s3.send(
    new PutObjectCommand({ Bucket: names.S3_BUCKET, Key: "a/b.html", Body: "<p>", ContentType: "text/html" }),
  );

  // The copy is what a killed process leaves behind: nothing was closed or flushed for it.
  const second = join(folder, "second");
  cpSync(first, second, { recursive: true });
  await using two = await startCloud({ dataFolder: second });
  await using later = clients(two.url);
  const again = await createQueues(two.url);
  const received = await later.sqs.send(new ReceiveMessageCommand({ QueueUrl: again.SQS_QUEUE_URL }));
  expect(received.Messages?.map(({ Body }) => Body)).toEqual(["start"]);
  await later.sns.send(new PublishCommand({ TopicArn: again.STATUS_TOPIC_ARN, Message: "status" }));
  const status = await later.sqs.send(
    new ReceiveMessageCommand({ QueueUrl: again.STATUS_QUEUE_URL, MaxNumberOfMessages: 10 }),
  );
  expect(status.Messages?.map(({ Body }) => Body)).toEqual(["status"]);
  const object = await later.s3.send(new GetObjectCommand({ Bucket: again.S3_BUCKET, Key: "a/b.html" }));
  expect([await object.Body?.transformToString(), object.ContentType]).toEqual(["<p>", "text/html"]);
});

/** A FIFO queue with one message in it. */
async function queueWithOne(aws: Aws, name: string, visibilitySeconds: number): Promise<string> {
  const Attributes = { FifoQueue: "true", VisibilityTimeout: String(visibilitySeconds) };
  const { QueueUrl } = await aws.sqs.send(new CreateQueueCommand({ QueueName: `${name}.fifo`, Attributes }));
  await sendOne(aws, QueueUrl);
  return QueueUrl ?? "";
}
const sendOne = (aws: Aws, QueueUrl: string | undefined, MessageBody = "a1") =>
  aws.sqs.send(
    new SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId: "a", MessageDeduplicationId: MessageBody }),
  );

it("as SQS: a message whose visibility ran out can no longer be kept by its first holder", async () => {
  await using cloud = await startCloud();
  await using aws = clients(cloud.url);
  const QueueUrl = await queueWithOne(aws, "late", 1);
  const receive = () => aws.sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 3 }));
  const late = (await receive()).Messages?.[0];
  const mine = (await receive()).Messages?.[0];
  expect(mine?.Body).toBe("a1");
  const keep = { QueueUrl, ReceiptHandle: late?.ReceiptHandle, VisibilityTimeout: 60 };
  await expect(aws.sqs.send(new ChangeMessageVisibilityCommand(keep))).rejects.toThrow();
});

it("takes nothing for a caller that has gone away while it waited", async () => {
  await using cloud = await startCloud();
  await using aws = clients(cloud.url);
  const QueueUrl = await queueWithOne(aws, "gone", 30);
  const receive = new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 });
  const { Messages } = await aws.sqs.send(receive);
  await aws.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages?.[0]?.ReceiptHandle }));
  const gone = new AbortController();
  const waiting = aws.sqs.send(receive, { abortSignal: gone.signal }).catch((error) => error.name);
  // The long poll must stand before its caller leaves; a later call passes the same server behind it.
  await queueWithOne(aws, "other", 30);
  gone.abort();
  expect(await waiting).toBe("AbortError");
  await sendOne(aws, QueueUrl, "a2");
  const next = await aws.sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
  expect(next.Messages?.map(({ Body }) => Body)).toEqual(["a2"]);
});

it("serves DynamoDB as well, behind the same endpoint", async () => {
  await using dynamo = await startDynamo();
  await using cloud = await startCloud({ dynamoUrl: dynamo.url });
  await createTables(cloud.url);
  await using aws = clients(cloud.url);
  const Item = { aid: "EV-1", name: "Grüße 世界", text: "x".repeat(200_000) };
  await aws.dynamo.send(new PutCommand({ TableName: "Events", Item }));
  const response = await aws.dynamo.send(new GetCommand({ TableName: "Events", Key: { aid: "EV-1" } }));
  expect(response.Item).toEqual(Item);
  const missing = aws.dynamo.send(new GetCommand({ TableName: "None", Key: { aid: "EV-1" } }));
  await expect(missing).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

it("listens on loopback only", async () => {
  await using cloud = await startCloud();
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === "IPv4")?.address;
  const host = outside ?? "127.0.0.2";
  const refused = await new Promise((resolve) => {
    const socket = connect({ host, port: Number(new URL(cloud.url).port) });
    socket.once("connect", () => resolve("connected")).once("error", () => resolve("refused"));
  });
  expect(refused).toBe("refused");
});

it("says that a port is taken", async () => {
  await using cloud = await startCloud();
  await expect(startCloud({ port: Number(new URL(cloud.url).port) })).rejects.toThrow(/Port \d+.*taken/);
});
