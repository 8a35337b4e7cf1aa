import { Duration } from "aws-cdk-lib";
import type { ITable } from "aws-cdk-lib/aws-dynamodb";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { FilterCriteria, type Function as LambdaFunction, StartingPosition } from "aws-cdk-lib/aws-lambda";
import { DynamoEventSource, SqsDlq } from "aws-cdk-lib/aws-lambda-event-sources";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { routerFilter } from "../../resources.ts";
import { accept } from "../accept.ts";
import { createLambda } from "../lambdaFunction.ts";
import type { ProductStack } from "../productStack.ts";

interface RouterParts {
  readonly workOrders: ITable;
  readonly commands: Queue;
  readonly failures: Queue;
}

/**
 * The way of a command from the table to the queue. Only changes of orders whose command waits for its judgement invoke the
 * Lambda (which then looks whether the command is new). A record that keeps failing holds its shard up for at most five
 * minutes and then goes to the failure queue; ingest finds the command in the table long before.
 */
export function createStreamRouter(
  stack: ProductStack,
  { workOrders, commands, failures }: RouterParts,
): LambdaFunction {
  const router = createLambda(stack, {
    name: "streamRouter",
    description: "Forwards new commands of work orders to the work order queue",
    timeoutSeconds: 30,
    environment: { SQS_QUEUE_URL: commands.queueUrl },
  });
  router.addToRolePolicy(new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [commands.queueArn] }));
  router.addEventSource(
    new DynamoEventSource(workOrders, {
      // What was written before the router first came up is read too: a command forwarded twice does nothing twice.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      filters: [FilterCriteria.filter(routerFilter)],
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      retryAttempts: 10,
      maxRecordAge: Duration.minutes(5),
      onFailure: new SqsDlq(failures),
    }),
  );
  if (router.role)
    accept(
      router.role,
      "AwsSolutions-IAM5[Resource::*]",
      "dynamodb:ListStreams knows no resources: AWS offers no narrower right.",
    );
  return router;
}
