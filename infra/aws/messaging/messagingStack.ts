import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { Topic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import type { DataStack } from "../data/dataStack.ts";
import { ProductStack, type ProductStackProps } from "../productStack.ts";
import { createNetwork, type Network } from "./network.ts";
import { createBounceEvents, createQueues, createStatusTopic, type MadeQueue, type QueueName } from "./queues.ts";
import { createStreamRouter } from "./streamRouter.ts";
import { createValkey } from "./valkey.ts";

/** The queues, topic and Valkey that carry hints between the parts, and their network: all of it can be recreated without loss. */
export class MessagingStack extends ProductStack {
  readonly network: Network;
  readonly queues: Readonly<Record<QueueName, MadeQueue>>;
  readonly statusTopic: Topic;
  readonly streamRouter: LambdaFunction;
  /** `REDIS_URL`. */
  readonly redisUrl: Secret;
  readonly valkey: { readonly groupId: string; readonly nodes: number };

  constructor(scope: Construct, props: ProductStackProps & { readonly data: DataStack }) {
    super(scope, "messaging", props, "network, queues, topic, stream router and Valkey");
    this.network = createNetwork(this, this.settings);
    this.queues = createQueues(this, this.settings.prefix);
    this.statusTopic = createStatusTopic(this, this.settings.prefix, this.queues.status);
    createBounceEvents(this, props.environmentName, this.settings.prefix, this.queues.bounces);
    this.streamRouter = createStreamRouter(this, {
      workOrders: props.data.tables.WORK_ORDERS_TABLE,
      commands: this.queues.workOrders.queue,
      failures: this.queues.routerFailures.queue,
    });
    const { url, groupId, nodes } = createValkey(this, this.network);
    this.redisUrl = url;
    this.valkey = { groupId, nodes };
  }
}
