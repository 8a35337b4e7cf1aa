import { RemovalPolicy } from "aws-cdk-lib";
import { AccessLogFormat, CfnAccount } from "aws-cdk-lib/aws-apigateway";
import { type CfnStage, LogGroupLogDestination, WebSocketApi, WebSocketStage } from "aws-cdk-lib/aws-apigatewayv2";
import { WebSocketLambdaIntegration, WebSocketMockIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { ManagedPolicy, PolicyStatement, type PolicyStatementProps, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { accept } from "../accept.ts";
import type { DataStack } from "../data/dataStack.ts";
import { createLambda } from "../lambdaFunction.ts";
import { logSettings } from "../logSettings.ts";
import { ProductStack, type ProductStackProps } from "../productStack.ts";

const stageName = "live";

/** What an access log line holds: who, what, how it ended. Never the query string, for it holds the ticket. */
const accessLogFields = {
  requestId: "$context.requestId",
  at: "$context.requestTime",
  route: "$context.routeKey",
  event: "$context.eventType",
  connectionId: "$context.connectionId",
  status: "$context.status",
  integrationStatus: "$context.integrationStatus",
  error: "$context.error.messageString",
  sourceIp: "$context.identity.sourceIp",
} as const;

/** The WebSocket API: browsers connect with a ticket and receive what changes. */
export class RealtimeStack extends ProductStack {
  readonly api: WebSocketApi;
  readonly stage: WebSocketStage;
  /** The id of the API for the stack of services, which imports it under a name of its own. */
  readonly apiId: string;
  readonly apiIdExport: string;
  readonly connect: LambdaFunction;
  readonly disconnect: LambdaFunction;

  constructor(scope: Construct, props: ProductStackProps & { readonly data: DataStack }) {
    super(scope, "realtime", props, "WebSocket API");
    this.connect = this.#connectLambda(props.data);
    this.disconnect = this.#disconnectLambda(props.data);
    this.api = new WebSocketApi(this, "api", {
      apiName: `${this.settings.prefix}email-agent`,
      description: "Changes of work orders, to open Email Managers",
      connectRouteOptions: { integration: new WebSocketLambdaIntegration("connect", this.connect) },
      disconnectRouteOptions: { integration: new WebSocketLambdaIntegration("disconnect", this.disconnect) },
      // Whatever a browser sends (a ping against the idle limit of ten minutes) is taken without a Lambda.
      defaultRouteOptions: {
        integration: new WebSocketMockIntegration("default", {
          requestTemplates: { "200": '{"statusCode":200}' },
          templateSelectionExpression: "200",
        }),
      },
    });
    this.apiIdExport = `${this.stackName}-api-id`;
    this.apiId = this.exportValue(this.api.apiId, { name: this.apiIdExport });
    accept(
      this.api,
      "AwsSolutions-APIG4",
      "Browsers send no headers with a WebSocket: the connect Lambda checks a signed ticket for one use and refuses all else; the other routes exist for open connections only.",
    );
    const { requestsPerSecond, burst, setAccountLogRole } = this.settings.realtime;
    this.stage = new WebSocketStage(this, "stage", {
      webSocketApi: this.api,
      stageName,
      autoDeploy: true,
      throttle: { rateLimit: requestsPerSecond, burstLimit: burst },
      detailedMetricsEnabled: true,
      accessLogSettings: {
        destination: new LogGroupLogDestination(new LogGroup(this, "access-log", logSettings(this.settings))),
        format: AccessLogFormat.custom(JSON.stringify(accessLogFields)),
      },
    });
    // Execution logs would hold whole requests, tickets included.
    const settings = this.stage.node.defaultChild as CfnStage;
    settings.addPropertyOverride("DefaultRouteSettings.LoggingLevel", "OFF");
    settings.addPropertyOverride("DefaultRouteSettings.DataTraceEnabled", false);
    if (setAccountLogRole) this.stage.node.addDependency(this.#accountLogRole());
  }

  /** Checks tickets and remembers connections. */
  #connectLambda({ tables, secrets, key, region }: DataStack): LambdaFunction {
    const secret = secrets.REALTIME_TICKET_SECRET;
    const connect = createLambda(this, {
      name: "connect",
      description: "Lets browsers with a ticket in",
      timeoutSeconds: 10,
      environment: {
        CONNECTIONS_TABLE: tables.CONNECTIONS_TABLE.tableName,
        CONFIG_TABLE: tables.CONFIG_TABLE.tableName,
        REALTIME_TICKET_SECRET_ARN: secret.secretArn,
      },
    });
    const may = (action: string, resource: string, conditions: PolicyStatementProps["conditions"] = {}) =>
      connect.addToRolePolicy(new PolicyStatement({ actions: [action], resources: [resource], conditions }));
    may("dynamodb:PutItem", tables.CONNECTIONS_TABLE.tableArn);
    // Of Config, which holds accounts too, the users alone.
    may("dynamodb:GetItem", tables.CONFIG_TABLE.tableArn, {
      "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["user"] },
    });
    may("kms:Decrypt", key.keyArn, { StringEquals: { "kms:ViaService": `dynamodb.${region}.amazonaws.com` } });
    may("secretsmanager:GetSecretValue", secret.secretArn);
    return connect;
  }

  #disconnectLambda({ tables }: DataStack): LambdaFunction {
    const disconnect = createLambda(this, {
      name: "disconnect",
      description: "Forgets closed connections",
      timeoutSeconds: 10,
      environment: { CONNECTIONS_TABLE: tables.CONNECTIONS_TABLE.tableName },
    });
    const actions = ["dynamodb:DeleteItem"];
    disconnect.addToRolePolicy(new PolicyStatement({ actions, resources: [tables.CONNECTIONS_TABLE.tableArn] }));
    return disconnect;
  }

  /** API Gateway writes logs by one role of the account and region; it is kept, for other APIs may use it by then. */
  #accountLogRole(): CfnAccount {
    const role = new Role(this, "api-logs", {
      assumedBy: new ServicePrincipal("apigateway.amazonaws.com"),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName("service-role/AmazonAPIGatewayPushToCloudWatchLogs")],
    });
    accept(
      role,
      "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]",
      "API Gateway takes no other role: it checks that the role has this AWS policy.",
    );
    role.applyRemovalPolicy(RemovalPolicy.RETAIN);
    const account = new CfnAccount(this, "api-account", { cloudWatchRoleArn: role.roleArn });
    account.applyRemovalPolicy(RemovalPolicy.RETAIN);
    return account;
  }
}
