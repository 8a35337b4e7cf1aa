import { EventField, Match, Rule, RuleTargetInput } from "aws-cdk-lib/aws-events";
import { SnsTopic } from "aws-cdk-lib/aws-events-targets";
import type { Topic } from "aws-cdk-lib/aws-sns";
import type { ProductStack } from "../productStack.ts";

/**
 * What ECS says once and no metric holds: a deployment that went back, and a task that was ended because its memory was
 * full. Each goes to `topic` as a sentence.
 */
export function createEventRules(stack: ProductStack, topic: Topic): void {
  const cluster = `email-agent-${stack.environmentName}`;
  const field = EventField.fromPath;
  const rules = {
    "deployment-failed": {
      detailType: ["ECS Deployment State Change"],
      resources: Match.wildcard(`*:service/${cluster}/*`),
      detail: { eventName: ["SERVICE_DEPLOYMENT_FAILED"] },
      says: `A deployment failed and goes back to the release before (${field("$.detail.reason")}): read the log of the service. ${field("$.resources[0]")}`,
    },
    "out-of-memory": {
      detailType: ["ECS Task State Change"],
      detail: {
        clusterArn: Match.suffix(`:cluster/${cluster}`),
        lastStatus: ["STOPPED"],
        containers: { reason: Match.prefix("OutOfMemoryError") },
      },
      says: `A task ran out of memory and was ended: another takes its place; give the service more memory if it comes again. ${field("$.detail.group")} ${field("$.detail.taskArn")}`,
    },
  };
  for (const [id, { says, ...eventPattern }] of Object.entries(rules))
    new Rule(stack, id, {
      ruleName: `${cluster}-${id}`,
      eventPattern: { source: ["aws.ecs"], ...eventPattern },
      targets: [new SnsTopic(topic, { message: RuleTargetInput.fromText(says) })],
    });
}
