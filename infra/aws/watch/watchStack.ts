import { RemovalPolicy } from "aws-cdk-lib";
import { CfnBudget } from "aws-cdk-lib/aws-budgets";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Construct } from "constructs";
import { ProductStack, type ProductStackProps } from "../productStack.ts";
import { createAlarms, type WatchParts } from "./alarms.ts";
import { createEventRules } from "./createEventRules.ts";
import { createDashboard } from "./dashboard.ts";

/** One dashboard, alarms by mail, and a budget. */
export class WatchStack extends ProductStack {
  readonly topic: Topic;

  constructor(scope: Construct, props: ProductStackProps & WatchParts) {
    super(scope, "watch", props, "dashboard, alarms and budget");
    // CloudWatch and EventBridge may not publish to a topic under the key AWS keeps for SNS.
    const key = new Key(this, "alarm-key", {
      description: "Alarms of email-agent",
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.topic = new Topic(this, "alarms", {
      topicName: `${this.settings.prefix}email-agent-alarms`,
      masterKey: key,
      enforceSSL: true,
    });
    key.addToResourcePolicy(
      new PolicyStatement({
        principals: ["cloudwatch", "events"].map((service) => new ServicePrincipal(`${service}.amazonaws.com`)),
        actions: ["kms:Decrypt", "kms:GenerateDataKey"],
        // In the policy of a key this is the key itself.
        resources: ["*"],
      }),
    );
    this.topic.grantPublish(new ServicePrincipal("cloudwatch.amazonaws.com"));
    this.topic.addSubscription(new EmailSubscription(this.settings.alarmAddress));
    const alarms = createAlarms(this, props, this.topic);
    createEventRules(this, this.topic);
    createDashboard(this, props, alarms);
    if (this.settings.budgetDollars !== undefined) this.#budget(this.settings.budgetDollars);
  }

  /** Of the whole account: a tag would have to be activated for billing first, and nothing would be counted until then. */
  #budget(dollars: number): void {
    const { alarmAddress } = this.settings;
    const tell = (notificationType: string, threshold: number) => ({
      notification: { notificationType, comparisonOperator: "GREATER_THAN", threshold, thresholdType: "PERCENTAGE" },
      subscribers: [{ subscriptionType: "EMAIL", address: alarmAddress }],
    });
    new CfnBudget(this, "budget", {
      budget: {
        budgetName: `email-agent-${this.environmentName}`,
        budgetType: "COST",
        timeUnit: "MONTHLY",
        budgetLimit: { amount: dollars, unit: "USD" },
      },
      notificationsWithSubscribers: [tell("ACTUAL", 80), tell("ACTUAL", 100), tell("FORECASTED", 100)],
    });
  }
}
