import { EventField, Match, Rule, RuleTargetInput } from "aws-cdk-lib/aws-events";
import { SnsTopic } from "aws-cdk-lib/aws-events-targets";
import type { Topic } from "aws-cdk-lib/aws-sns";
import type { ProductStack } from "../productStack.ts";

/**
 * Events of ECS that no metric holds: a deployment that was rolled back, and a task that ran out of memory. Each goes to
 * `topic` as a sentence.
 */
export function createEventRules(stack: ProductStack, topic: Topic): void {
  const cluster = `email-agent-${stack.environmentName}`;
  const field = EventField.fromPath;
  const rules = {
    "deployment-failed": {
      detailType: ["ECS Deployment State Change"],
      resources: Match.wildcard(`*:service/${cluster}/*`),
      detail: { eventName: ["SERVICE_DEPLOYMENT_FAILED"] },
      says: `A deployment failed and is rolled back to the previous release (${field("$.detail.reason")}): read the log of the service. ${field("$.resources[0]")}`,
    },
    "out-of-memory": {
      detailType: ["ECS Task State Change"],
      detail: {
        clusterArn: Match.suffix(`:cluster/${cluster}`),
        lastStatus: ["STOPPED"],
        containers: { reason: Match.prefix("OutOfMemoryError") },
      },
      says: `A task ran out of memory and was ended: another replaces it; give the service more memory if this happens again. ${field("$.detail.group")} ${field("$.detail.taskArn")}`,
    },
  };
  for (const [id, { says, ...eventPattern }] of Object.entries(rules))
    new Rule(stack, id, {
      ruleName: `${cluster}-${id}`,
      eventPattern: { source: ["aws.ecs"], ...eventPattern },
      targets: [new SnsTopic(topic, { message: RuleTargetInput.fromText(says) })],
    });
}
