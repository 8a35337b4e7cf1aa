import { Validations } from "aws-cdk-lib";
import type { IConstruct } from "constructs";

/** Lets one construct be as it is although a rule of the rule packs speaks against it. The reason stands beside it. */
export function accept(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: rule, reason });
}
