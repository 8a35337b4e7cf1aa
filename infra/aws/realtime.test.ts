import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { readEnvironment } from "./environment.ts";
import { resourcesOf, templatesOf } from "./testing/templates.ts";

describe.each(["dev", "production"])("realtime of %s", (name) => {
  const { realtime } = templatesOf(name);
  const { requestsPerSecond, burst } = readEnvironment(name).realtime;

  it("has the three routes, of which the default one wakes no Lambda", () => {
    const routes = Object.values(resourcesOf(realtime, "AWS::ApiGatewayV2::Route"));
    expect(routes.map(({ Properties }) => Properties.RouteKey).sort()).toEqual(["$connect", "$default", "$disconnect"]);
    const kinds = Object.values(resourcesOf(realtime, "AWS::ApiGatewayV2::Integration"));
    expect(kinds.map(({ Properties }) => Properties.IntegrationType).sort()).toEqual([
      "AWS_PROXY",
      "AWS_PROXY",
      "MOCK",
    ]);
  });

  it("throttles, and logs who came without the query string, which holds the ticket", () => {
    realtime.hasResourceProperties("AWS::ApiGatewayV2::Stage", {
      DefaultRouteSettings: {
        ThrottlingRateLimit: requestsPerSecond,
        ThrottlingBurstLimit: burst,
        LoggingLevel: "OFF",
        DataTraceEnabled: false,
      },
      AccessLogSettings: { DestinationArn: Match.anyValue(), Format: Match.anyValue() },
    });
    const [stage] = Object.values(resourcesOf(realtime, "AWS::ApiGatewayV2::Stage"));
    const variables = Object.values<string>(JSON.parse(stage?.Properties.AccessLogSettings.Format));
    expect(variables).toContain("$context.status");
    expect(
      variables.filter(
        (variable) =>
          !/^\$context\.(requestId|requestTime|routeKey|eventType|connectionId|status|integrationStatus|error\.messageString|identity\.sourceIp)$/.test(
            variable,
          ),
      ),
    ).toEqual([]);
  });

  it("puts the ticket secret into no environment, and its place to the connect Lambda only", () => {
    const functions = Object.values(resourcesOf(realtime, "AWS::Lambda::Function"));
    const environments = functions.map(({ Properties }) => Properties.Environment.Variables);
    expect(environments.filter((variables) => "REALTIME_TICKET_SECRET" in variables)).toEqual([]);
    expect(environments.filter((variables) => "REALTIME_TICKET_SECRET_ARN" in variables)).toHaveLength(1);
  });
});
