import { Validations } from "aws-cdk-lib";
import type { IConstruct } from "constructs";

/** Suppresses one cdk-nag rule for one construct, with the reason beside it. */
export function accept(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: rule, reason });
}
