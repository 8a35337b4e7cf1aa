import { Stack, Tags } from "aws-cdk-lib";
import type { Construct } from "constructs";
import type { Environment } from "./environment.ts";

/** What every stack of one environment is made from. */
export interface ProductStackProps {
  /** The environment's name: the name of its file. */
  readonly environmentName: string;
  readonly environment: Environment;
}

/**
 * One stack of one environment: `email-agent-<environment>-<id>`. Its zones come from the configuration, for asking AWS
 * would need an account to synthesise.
 */
export abstract class ProductStack extends Stack {
  readonly environmentName: string;
  readonly settings: Environment;

  constructor(scope: Construct, id: string, { environmentName, environment }: ProductStackProps, description: string) {
    super(scope, id, {
      stackName: `email-agent-${environmentName}-${id}`,
      description: `email-agent ${environmentName}: ${description}`,
      env: { region: environment.region },
      terminationProtection: environment.keepData,
    });
    this.environmentName = environmentName;
    this.settings = environment;
    Tags.of(this).add("product", "email-agent");
    Tags.of(this).add("environment", environmentName);
  }

  override get availabilityZones(): string[] {
    return [...this.settings.zones];
  }
}
