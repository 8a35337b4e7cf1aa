import { type App, Stage } from "aws-cdk-lib";
import { DataStack } from "./data/dataStack.ts";
import { readEnvironment } from "./environment.ts";
import { MessagingStack } from "./messaging/messagingStack.ts";

/** The stacks of one environment. */
export interface EmailAgent {
  readonly data: DataStack;
  readonly messaging: MessagingStack;
}

/** Puts one environment into the app: a stack for each lifetime. */
export function addEnvironment(app: App, environmentName: string): EmailAgent {
  const environment = readEnvironment(environmentName);
  const stage = new Stage(app, environmentName, { env: { region: environment.region } });
  const common = { environmentName, environment };
  const data = new DataStack(stage, common);
  const messaging = new MessagingStack(stage, { ...common, data });
  return { data, messaging };
}
