import { type App, CrossStackReferences, ReferenceStrength, Stage } from "aws-cdk-lib";
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

/**
 * Puts one environment into the app: a stack for each lifetime. A stack reads the outputs of others when it is deployed
 * (`Fn::GetStackOutput`) and imports nothing but the network, so a release may drop a table, a queue or a secret.
 */
export function addEnvironment(
  app: App,
  environmentName: string,
  environment: Environment = readEnvironment(environmentName),
): EmailAgent {
  const stage = new Stage(app, environmentName, { env: { region: environment.region } });
  CrossStackReferences.of(stage).consume(referenceStrength(app));
  const common = { environmentName, environment };
  const data = new DataStack(stage, common);
  const messaging = new MessagingStack(stage, { ...common, data });
  const realtime = new RealtimeStack(stage, { ...common, data });
  const services = new ServicesStack(stage, { ...common, data, messaging, realtime });
  const watch = new WatchStack(stage, { ...common, data, messaging, realtime, services });
  return { data, messaging, realtime, services, watch };
}

/** Weak, or `both` for the one deployment in which stacks that were made with exports let go of them. */
function referenceStrength(app: App): ReferenceStrength {
  const asked: unknown = app.node.tryGetContext("references") ?? ReferenceStrength.WEAK;
  const known = Object.values(ReferenceStrength);
  const found = known.find((strength) => strength === asked);
  if (found) return found;
  throw new Error(`The context references must be one of ${known.join(", ")}, and is ${asked}.`);
}
