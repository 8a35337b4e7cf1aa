import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { keepAliveSeconds } from "@email-agent/shared/kit/keepAlive.ts";
import { requestRates } from "@email-agent/shared/kit/requestRates.ts";
import { shutdownSeconds } from "@email-agent/shared/kit/runService.ts";
import { variables } from "@email-agent/shared/kit/variables.ts";
import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { queues } from "../resources.ts";
import { readEnvironment } from "./environment.ts";
import { workerNames } from "./services/workerNames.ts";
import { passingApp, resourcesOf, templatesOf } from "./testing/templates.ts";

const root = join(import.meta.dirname, "..", "..");

it("acceptance 114: without mailchimp in the settings no service gets a variable or the key of Mailchimp", () => {
  const { mailchimp, ...settings } = readEnvironment("dev");
  expect(mailchimp).toBeDefined();
  const { services } = templatesOf("dev", passingApp(), settings);
  expect(JSON.stringify(services.toJSON())).not.toContain("MAILCHIMP");
});

describe.each(["dev", "production"])("services of %s", (name) => {
  const { services } = templatesOf(name);
  const settings = readEnvironment(name);
  const tasks = Object.values(resourcesOf(services, "AWS::ECS::TaskDefinition")).map(({ Properties }) => Properties);
  const containers = tasks.map((task) => task.ContainerDefinitions[0]);

  it("runs every service on ARM64, read-only, in private subnets, and goes back when a deployment fails", () => {
    expect(containers.map(({ Name }) => Name).sort()).toEqual([...workerNames].sort());
    for (const task of tasks) {
      expect(task.RuntimePlatform).toEqual({ CpuArchitecture: "ARM64", OperatingSystemFamily: "LINUX" });
      expect(task.ContainerDefinitions[0].ReadonlyRootFilesystem).toBe(true);
    }
    const made = Object.values(resourcesOf(services, "AWS::ECS::Service"));
    expect(made).toHaveLength(workerNames.length);
    for (const { Properties } of made) {
      expect(Properties.DeploymentConfiguration.DeploymentCircuitBreaker).toEqual({ Enable: true, Rollback: true });
      expect(Properties.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp).toBe("DISABLED");
      expect(JSON.stringify(Properties.NetworkConfiguration.AwsvpcConfiguration.Subnets)).toContain("private");
    }
  });

  it("acceptance 87: goes back when a release brings errors, by alarms that exist before the service and lead back to none", () => {
    const alarms = resourcesOf(services, "AWS::CloudWatch::Alarm");
    const idOf = (alarmName: string) =>
      Object.keys(alarms).find((id) => alarms[id]?.Properties.AlarmName === alarmName) ?? `no alarm ${alarmName}`;
    const watched = Object.fromEntries(
      Object.values(resourcesOf(services, "AWS::ECS::Service")).map(({ Properties, DependsOn }) => {
        const { AlarmNames, ...rest } = Properties.DeploymentConfiguration.Alarms;
        expect(rest).toEqual({ Enable: true, Rollback: true });
        expect(DependsOn).toEqual(expect.arrayContaining(AlarmNames.map(idOf)));
        return [Properties.ServiceName, AlarmNames.map((alarm: string) => alarm.split("-release-")[1])];
      }),
    );
    expect(watched).toEqual({
      ingest: ["error-lines-ingest", "step-exceptions-ingest"],
      campaign: ["error-lines-campaign", "step-exceptions-campaign"],
      sender: ["error-lines-sender", "step-exceptions-sender"],
      notifier: ["error-lines-notifier"],
      manager: ["error-lines-manager", "manager-errors", "load-balancer-errors", "unhealthy-hosts"],
    });
    const tasksAndServices = Object.keys({
      ...resourcesOf(services, "AWS::ECS::Service"),
      ...resourcesOf(services, "AWS::ECS::TaskDefinition"),
    });
    for (const { Properties } of Object.values(alarms))
      for (const id of tasksAndServices) expect(JSON.stringify(Properties)).not.toContain(`"${id}"`);
  });

  it("has each service publish where the alarms and the scaling of this environment look, and those of no other", () => {
    for (const { Environment } of containers)
      expect(Environment).toContainEqual({ Name: "METRICS_NAMESPACE", Value: `EmailAgent/${name}` });
    const own = Object.values(resourcesOf(services, "AWS::CloudWatch::Alarm")).map(({ Properties }) => Properties);
    const ours = own.filter(({ Namespace = "" }) => Namespace.startsWith("EmailAgent"));
    expect(ours.length).toBeGreaterThan(workerNames.length);
    for (const { Namespace } of ours) expect(Namespace).toBe(`EmailAgent/${name}`);
  });

  it("lets no few errors of users take a release back, and waits for no metric that is not there", () => {
    const released = Object.values(resourcesOf(services, "AWS::CloudWatch::Alarm")).filter(({ Properties }) =>
      Properties.AlarmName?.includes("-release-"),
    );
    for (const { Properties } of released) expect(Properties.TreatMissingData).toBe("notBreaching");
    const lines = released.filter(({ Properties }) => Properties.MetricName === "ErrorLines");
    expect(lines.map(({ Properties }) => Properties.Threshold)).toEqual(workerNames.map(() => 10));
    // Mails opened by many at once are refused with 503 and Retry-After, which the load balancer counts as 5xx.
    const visitors = released.filter(({ Properties }) => Properties.MetricName?.startsWith("HTTPCode_Target"));
    expect(visitors).toEqual([]);
    const failures = released.filter(({ Properties }) => Properties.MetricName === "ServerErrors");
    expect(failures.map(({ Properties }) => Properties.AlarmName)).toEqual([
      `email-agent-${name}-release-manager-errors`,
    ]);
  });

  it("starts tasks only once they may fetch image and secrets: three that cannot start end a first deployment", () => {
    const policies = Object.keys(resourcesOf(services, "AWS::IAM::Policy")).filter((id) => /ExecutionRole/.test(id));
    const awaited = Object.values(resourcesOf(services, "AWS::ECS::Service")).flatMap(
      ({ DependsOn }) => DependsOn ?? [],
    );
    expect(policies).toHaveLength(workerNames.length);
    expect(awaited).toEqual(expect.arrayContaining(policies));
  });

  it.each(["campaign", "sender"])(
    "updates ingest and manager before %s: they read what it writes of an order",
    (writer) => {
      const ids = (name: string) =>
        Object.entries(resourcesOf(services, "AWS::ECS::Service"))
          .filter(([, { Properties }]) => Properties.ServiceName === name)
          .map(([id]) => id);
      const [id] = ids(writer);
      const { DependsOn } = resourcesOf(services, "AWS::ECS::Service")[id as string] ?? {};
      expect(DependsOn).toEqual(expect.arrayContaining([...ids("ingest"), ...ids("manager")]));
    },
  );

  it("kills a task only after the time it takes to hand back its work, and asks workers for readiness", () => {
    for (const { Name, StopTimeout, HealthCheck } of containers) {
      expect(StopTimeout).toBeGreaterThan(shutdownSeconds);
      expect(HealthCheck.Command.join(" ")).toContain(Name === "manager" ? "/healthz" : "/readyz");
    }
  });

  it("takes every secret from Secrets Manager and holds none in the template", () => {
    for (const { Environment, Secrets = [] } of containers) {
      const plain = Environment.map(({ Name }: { Name: string }) => Name) as (keyof typeof variables)[];
      expect(plain.filter((variable) => "secret" in variables[variable])).toEqual([]);
      for (const { ValueFrom } of Secrets) expect(JSON.stringify(ValueFrom)).toMatch(/Fn::GetStackOutput/);
    }
    const held = (service: string) =>
      containers
        .find(({ Name }) => Name === service)
        .Secrets.map(({ Name }: { Name: string }) => Name)
        .sort();
    expect(held("ingest")).toEqual(["PUBLIC_TOKEN_SECRET", "REDIS_URL"]);
    expect(held("campaign")).toEqual(["MAILCHIMP_API_KEY", "REDIS_URL", "REGISTRATION_HASH_SECRET"]);
    expect(held("sender")).toEqual(["PUBLIC_TOKEN_SECRET", "REDIS_URL", "REGISTRATION_HASH_SECRET"]);
    expect(held("manager")).toEqual([
      "OIDC_CLIENT_SECRET",
      "PUBLIC_TOKEN_SECRET",
      "REALTIME_TICKET_SECRET",
      "REGISTRATION_HASH_SECRET",
      "SESSION_SECRET",
    ]);
  });

  const scaling = (kind: string) => Object.values(resourcesOf(services, kind)).map(({ Properties }) => Properties);
  const fewerBySteps = {
    PolicyType: "StepScaling",
    StepScalingPolicyConfiguration: {
      AdjustmentType: "ChangeInCapacity",
      Cooldown: 300,
      StepAdjustments: [{ ScalingAdjustment: -1, MetricIntervalUpperBound: 0 }],
    },
  };

  it.each(["sender", "campaign"] as const)(
    "acceptance 84: %s follows its work, out at once, in by one when little is left",
    (service) => {
      const { campaign, sender } = settings.services;
      const [from, to] =
        service === "sender"
          ? [sender.minimumTasks, sender.maximumTasks]
          : [campaign.tasks, campaign.maximumTasks ?? campaign.tasks];
      const target = service === "sender" ? sender.chunksPerTask / sender.sendConcurrency : 0.6;
      services.hasResourceProperties("AWS::ApplicationAutoScaling::ScalableTarget", {
        MinCapacity: from,
        MaxCapacity: to,
        ResourceId: {
          "Fn::Join": ["", Match.arrayWith([{ "Fn::GetAtt": [Match.stringLikeRegexp(`^${service}`), "Name"] }])],
        },
      });
      const metric = {
        Namespace: `EmailAgent/${name}`,
        MetricName: "Workload",
        Dimensions: [{ Name: "service", Value: service }],
      };
      services.hasResourceProperties("AWS::ApplicationAutoScaling::ScalingPolicy", {
        PolicyType: "TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: target,
          DisableScaleIn: true,
          ScaleOutCooldown: 60,
          CustomizedMetricSpecification: { ...metric, Statistic: "Average" },
        },
      });
      services.hasResourceProperties("AWS::ApplicationAutoScaling::ScalingPolicy", {
        ...fewerBySteps,
        PolicyName: `fewer-${service}`,
      });
      const [alarm] = scaling("AWS::CloudWatch::Alarm").filter(
        ({ MetricName, Dimensions }) => MetricName === "Workload" && Dimensions[0].Value === service,
      );
      expect(alarm).toMatchObject({
        ...{ ...metric, Statistic: "Maximum", ComparisonOperator: "LessThanOrEqualToThreshold" },
        ...{ EvaluationPeriods: 10, DatapointsToAlarm: 10, TreatMissingData: "ignore" },
      });
      // What is left to one fewer must not bring it back, from any number of tasks.
      for (let tasks = 2; tasks <= to; tasks += 1) expect((alarm.Threshold * tasks) / (tasks - 1)).toBeLessThan(target);
    },
  );

  it("the notifier follows the age of its queue, before events get lost, within its limits", () => {
    const { tasks, maximumTasks = tasks } = settings.services.notifier;
    services.hasResourceProperties("AWS::ApplicationAutoScaling::ScalableTarget", {
      MinCapacity: tasks,
      MaxCapacity: maximumTasks,
      ResourceId: {
        "Fn::Join": ["", Match.arrayWith([{ "Fn::GetAtt": [Match.stringLikeRegexp("^notifier"), "Name"] }])],
      },
    });
    services.hasResourceProperties("AWS::ApplicationAutoScaling::ScalingPolicy", {
      PolicyName: "more-notifier",
      PolicyType: "StepScaling",
      StepScalingPolicyConfiguration: {
        AdjustmentType: "ChangeInCapacity",
        StepAdjustments: [
          { ScalingAdjustment: 1, MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 45 },
          { ScalingAdjustment: 2, MetricIntervalLowerBound: 45 },
        ],
      },
    });
    services.hasResourceProperties("AWS::ApplicationAutoScaling::ScalingPolicy", {
      ...fewerBySteps,
      PolicyName: "fewer-notifier",
    });
    const alarms = scaling("AWS::CloudWatch::Alarm").filter(
      ({ MetricName }) => MetricName === "ApproximateAgeOfOldestMessage",
    );
    const [more, fewer] = alarms.sort((one, other) => other.Threshold - one.Threshold);
    expect(more).toMatchObject({ Threshold: 15, EvaluationPeriods: 2, TreatMissingData: "notBreaching" });
    expect(fewer).toMatchObject({ Threshold: 5, EvaluationPeriods: 10, TreatMissingData: "breaching" });
    for (const { Dimensions, Period } of alarms) {
      expect(JSON.stringify(Dimensions)).toContain("emailagentstatus");
      expect(Period).toBe(60);
    }
    expect(more.Threshold + more.EvaluationPeriods * more.Period).toBeLessThan(queues.status.retentionSeconds);
  });

  it("a deployment does not set the number of scaled tasks back in the middle of their work", () => {
    for (const { ServiceName, DesiredCount } of scaling("AWS::ECS::Service"))
      expect(DesiredCount === undefined, ServiceName).toBe(["campaign", "sender", "notifier"].includes(ServiceName));
  });

  it("lets browsers in by HTTPS with a current TLS only", () => {
    services.hasResourceProperties("AWS::ElasticLoadBalancingV2::Listener", {
      Port: 443,
      Protocol: "HTTPS",
      SslPolicy: Match.stringLikeRegexp("TLS13"),
      Certificates: [{ CertificateArn: settings.certificateArn }],
    });
    services.hasResourceProperties("AWS::ElasticLoadBalancingV2::Listener", {
      Port: 80,
      DefaultActions: [{ Type: "redirect", RedirectConfig: Match.objectLike({ Protocol: "HTTPS", Port: "443" }) }],
    });
  });

  it("lets go of idle connections before the Email Manager does, or browsers would see 502 now and then", () => {
    const [door] = Object.values(resourcesOf(services, "AWS::ElasticLoadBalancingV2::LoadBalancer"));
    const attributes: { Key: string; Value: string }[] = door?.Properties.LoadBalancerAttributes;
    const idle = attributes.find(({ Key }) => Key === "idle_timeout.timeout_seconds")?.Value;
    expect(Number(idle)).toBeLessThan(keepAliveSeconds);
  });

  it("limits how often one address may ask, whatever it asks, and one-click unsubscriptions last", () => {
    const [acl] = Object.values(resourcesOf(services, "AWS::WAFv2::WebACL"));
    const rules: WebRule[] = acl?.Properties.Rules;
    for (const { Action, Statement } of rules) {
      expect(Statement.RateBasedStatement).toMatchObject({ AggregateKeyType: "IP", EvaluationWindowSec: 300 });
      expect(Action.Block.CustomResponse).toEqual({
        ResponseCode: 429,
        ResponseHeaders: [{ Name: "Retry-After", Value: "300" }],
      });
    }
    const session = "a=b; __Host-email-manager-session=x";
    // The limits that count a request; the smallest is what holds.
    const limits = (method: string, path: string, cookie = "") =>
      rules
        .map(({ Statement }) => Statement.RateBasedStatement)
        .filter(({ ScopeDownStatement }) => !ScopeDownStatement || fits(ScopeDownStatement, { method, path, cookie }))
        .map(({ Limit }) => Limit)
        .sort((one, other) => one - other);
    const { publicPages } = settings;
    expect(limits("POST", "/u/token")).toEqual([requestRates.unsubscribe, 30_000]);
    for (const path of ["/view/token", "/u/token", "/%75/token", "/x/../view/token"])
      expect(limits("GET", path), path).toEqual([publicPages.requestsPerFiveMinutes, 30_000]);
    for (const path of ["/sign-in", "/sign-in/no-access", "/api/auth/callback", "/api/auth/sign-in"])
      for (const cookie of ["", session])
        expect(limits("GET", path, cookie), path).toEqual([requestRates.signIn, 30_000]);
    for (const path of [
      "/",
      "/healthz",
      "/_next/static/x.js",
      "/api/work-orders",
      "/icon.svg",
      "/nothing",
      "/u",
      "/view",
    ]) {
      expect(limits("GET", path), path).toEqual([requestRates.other, 30_000]);
      expect(limits("GET", path, session), path).toEqual([30_000]);
    }
    services.resourceCountIs("AWS::WAFv2::WebACLAssociation", 1);
  });
});

interface WebRule {
  readonly Action: { readonly Block: { readonly CustomResponse: unknown } };
  readonly Statement: {
    readonly RateBasedStatement: { readonly Limit: number; readonly ScopeDownStatement?: WebStatement };
  };
}
interface WebStatement {
  readonly AndStatement?: { readonly Statements: readonly WebStatement[] };
  readonly OrStatement?: { readonly Statements: readonly WebStatement[] };
  readonly NotStatement?: { readonly Statement: WebStatement };
  readonly ByteMatchStatement?: {
    readonly SearchString: string;
    readonly FieldToMatch: { readonly UriPath?: object; readonly Method?: object; readonly SingleHeader?: object };
    readonly PositionalConstraint: "STARTS_WITH" | "CONTAINS" | "EXACTLY";
    readonly TextTransformations: readonly { readonly Type: string }[];
  };
}

/** What AWS WAF says of a request, for the kinds of statements used here. */
function fits(statement: WebStatement, request: { method: string; path: string; cookie: string }): boolean {
  if (statement.AndStatement) return statement.AndStatement.Statements.every((one) => fits(one, request));
  if (statement.OrStatement) return statement.OrStatement.Statements.some((one) => fits(one, request));
  if (statement.NotStatement) return !fits(statement.NotStatement.Statement, request);
  const { SearchString, FieldToMatch, PositionalConstraint, TextTransformations } = statement.ByteMatchStatement!;
  const field = FieldToMatch.UriPath ? request.path : FieldToMatch.Method ? request.method : request.cookie;
  const text = TextTransformations.reduce((before, { Type }) => {
    if (Type === "URL_DECODE") return decodeURIComponent(before);
    return Type === "NORMALIZE_PATH" ? new URL(before, "http://door").pathname : before;
  }, field);
  if (PositionalConstraint === "STARTS_WITH") return text.startsWith(SearchString);
  return PositionalConstraint === "EXACTLY" ? text === SearchString : text.includes(SearchString);
}

it("gives the builder of an image every file its stages copy, and nothing of infra or other services besides", {
  timeout: 120_000,
}, () => {
  const app = passingApp();
  templatesOf("dev", app);
  const { outdir } = app;
  const folders = readdirSync(outdir).map((entry) => join(outdir, entry));
  const images = folders.filter(
    (folder) => statSync(folder).isDirectory() && readdirSync(folder).includes("Dockerfile"),
  );
  expect(images).toHaveLength(workerNames.length);
  const held = images.map((folder) => workerNames.filter((name) => existsSync(join(folder, "services", name, "src"))));
  expect(held.flat().sort()).toEqual([...workerNames].sort());
  for (const [at, folder] of images.entries()) {
    expect(held[at]).toHaveLength(1);
    for (const source of copiedSources(held[at]?.[0])) expect(statSync(join(folder, source))).toBeTruthy();
  }
  for (const folder of images) expect(readdirSync(join(folder, "infra"))).toEqual(["package.json"]);
});

/** What the Dockerfile copies from the checkout in the stages of a service (the image of the stand-ins is not made here). */
function copiedSources(service = ""): string[] {
  const stages = readFileSync(join(root, "Dockerfile"), "utf8").split(/^FROM /m);
  return stages
    .filter((stage) => !/AS image-local/.test(stage))
    .filter((stage) => service === "manager" || !/AS (?:manager-build|image-manager)/.test(stage))
    .flatMap((stage) => [...stage.matchAll(/^COPY (?!--from)(.+) \S+$/gm)])
    .flatMap(([, sources = ""]) => sources.split(" "))
    .map((source) => source.replace(/\$\{SERVICE\}/, service));
}
