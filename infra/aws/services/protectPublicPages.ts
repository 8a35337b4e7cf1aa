import type { ApplicationLoadBalancer } from "aws-cdk-lib/aws-elasticloadbalancingv2";
import { CfnWebACL, CfnWebACLAssociation } from "aws-cdk-lib/aws-wafv2";
import type { ProductStack } from "../productStack.ts";

/** Paths anybody may ask without signing in: unsubscribing, and reading a mail in the browser. */
const publicPaths = ["/u/", "/view/"] as const;

/**
 * Refuses an address that asks the public pages too often, before it costs the Email Manager anything. The rate is
 * generous, for mailbox providers unsubscribe many people from few addresses; tokens cannot be guessed in any case.
 */
export function protectPublicPages(stack: ProductStack, door: ApplicationLoadBalancer): void {
  const seen = (metricName: string) => ({
    metricName,
    cloudWatchMetricsEnabled: true,
    sampledRequestsEnabled: false,
  });
  const rules = new CfnWebACL(stack, "public-pages", {
    name: `email-agent-${stack.environmentName}`,
    scope: "REGIONAL",
    defaultAction: { allow: {} },
    visibilityConfig: seen("email-agent"),
    rules: [
      {
        name: "public-pages-rate",
        priority: 0,
        action: { block: { customResponse: { responseCode: 429 } } },
        visibilityConfig: seen("public-pages-rate"),
        statement: {
          rateBasedStatement: {
            limit: stack.settings.publicPages.requestsPerFiveMinutes,
            evaluationWindowSec: 300,
            aggregateKeyType: "IP",
            scopeDownStatement: {
              orStatement: {
                statements: publicPaths.map((searchString) => ({
                  byteMatchStatement: {
                    searchString,
                    fieldToMatch: { uriPath: {} },
                    positionalConstraint: "STARTS_WITH",
                    // As the server reads it, or %2fu/ would pass by.
                    textTransformations: [
                      { priority: 0, type: "URL_DECODE" },
                      { priority: 1, type: "NORMALIZE_PATH" },
                    ],
                  },
                })),
              },
            },
          },
        },
      },
    ],
  });
  new CfnWebACLAssociation(stack, "public-pages-at-the-door", {
    resourceArn: door.loadBalancerArn,
    webAclArn: rules.attrArn,
  });
}
