import { type App, Stage } from "aws-cdk-lib";
import { DataStack } from "./data/dataStack.ts";
import { type Environment, readEnvironment } from "./environment.ts";
import { MessagingStack } from "./messaging/messagingStack.ts";
import { RealtimeStack } from "./realtime/realtimeStack.ts";
import { ServicesStack } from "./services/servicesStack.ts";
import { WatchStack } from "./watch/watchStack.ts";

/** The stacks of one environment, by lifetime. */
export interface EmailAgent {
  readonly data: DataStack;
  readonly messaging: MessagingStack;
  readonly realtime: RealtimeStack;
  readonly services: ServicesStack;
  readonly watch: WatchStack;
}

/** Puts one environment into the app: a stack for each lifetime. */
export function addEnvironment(
  app: App,
  environmentName: string,
  environment: Environment = readEnvironment(environmentName),
): EmailAgent {
  const stage = new Stage(app, environmentName, { env: { region: environment.region } });
  const common = { environmentName, environment };
  const data = new DataStack(stage, common);
  const messaging = new MessagingStack(stage, { ...common, data });
  const realtime = new RealtimeStack(stage, { ...common, data });
  const services = new ServicesStack(stage, { ...common, data, messaging, realtime });
  const watch = new WatchStack(stage, { ...common, data, messaging, realtime, services });
  return { data, messaging, realtime, services, watch };
}
