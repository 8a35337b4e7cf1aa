import { requestRates, sessionCookieName, signInPaths } from "@email-agent/shared/kit/requestRates.ts";
import type { ApplicationLoadBalancer } from "aws-cdk-lib/aws-elasticloadbalancingv2";
import { CfnWebACL, CfnWebACLAssociation } from "aws-cdk-lib/aws-wafv2";
import type { ProductStack } from "../productStack.ts";

type Statement = CfnWebACL.StatementProperty;

const windowSeconds = 300;
/**
 * For everybody, with a cookie that says to be a session too: only the Email Manager can tell whether it is one. People of
 * an organisation work behind one address; it is above the rate of one-click unsubscriptions.
 */
const anyRequestRate = 30_000;

/**
 * Rate limit per address: refuses one that sends too many requests, before it costs the Email Manager anything. Every request is counted by one rule
 * for its group (see requestRates) or, with a session cookie, by the last one, which counts all.
 */
export function protectPublicPages(stack: ProductStack, loadBalancer: ApplicationLoadBalancer): void {
  const oneClick = all(pathBegins("/u/"), isPost);
  const publicPage = all(any(pathBegins("/u/"), pathBegins("/view/")), not(oneClick));
  const media = pathBegins("/media/");
  const signIn = any(...signInPaths.map(pathBegins));
  const other = not(
    any(hasSessionCookie, pathBegins("/u/"), pathBegins("/view/"), media, ...signInPaths.map(pathBegins)),
  );
  const rates: readonly (readonly [string, number, Statement | undefined])[] = [
    ["one-click-unsubscribe-rate", requestRates.unsubscribe, oneClick],
    ["public-pages-rate", stack.settings.publicPages.requestsPerFiveMinutes, publicPage],
    ["media-rate", requestRates.media, media],
    ["sign-in-rate", requestRates.signIn, signIn],
    ["without-session-rate", requestRates.other, other],
    ["any-request-rate", anyRequestRate, undefined],
  ];
  const rules = new CfnWebACL(stack, "public-pages", {
    name: `email-agent-${stack.environmentName}`,
    scope: "REGIONAL",
    defaultAction: { allow: {} },
    visibilityConfig: seen("email-agent"),
    rules: rates.map(([name, limit, scopeDownStatement], priority) => ({
      name,
      priority,
      action: {
        block: {
          customResponse: {
            responseCode: 429,
            responseHeaders: [{ name: "Retry-After", value: String(windowSeconds) }],
          },
        },
      },
      visibilityConfig: seen(name),
      statement: {
        rateBasedStatement: {
          limit,
          evaluationWindowSec: windowSeconds,
          aggregateKeyType: "IP",
          ...(scopeDownStatement && { scopeDownStatement }),
        },
      },
    })),
  });
  new CfnWebACLAssociation(stack, "public-pages-at-the-door", {
    resourceArn: loadBalancer.loadBalancerArn,
    webAclArn: rules.attrArn,
  });
}

function seen(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false };
}

function pathBegins(searchString: string): Statement {
  return {
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
  };
}

const isPost: Statement = {
  byteMatchStatement: {
    searchString: "POST",
    fieldToMatch: { method: {} },
    positionalConstraint: "EXACTLY",
    textTransformations: [{ priority: 0, type: "NONE" }],
  },
};

const hasSessionCookie: Statement = {
  byteMatchStatement: {
    searchString: `${sessionCookieName}=`,
    fieldToMatch: { singleHeader: { Name: "cookie" } },
    positionalConstraint: "CONTAINS",
    textTransformations: [{ priority: 0, type: "NONE" }],
  },
};

function all(...statements: Statement[]): Statement {
  return { andStatement: { statements } };
}

function any(...statements: Statement[]): Statement {
  return { orStatement: { statements } };
}

function not(statement: Statement): Statement {
  return { notStatement: { statement } };
}
