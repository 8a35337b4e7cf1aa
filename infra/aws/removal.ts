import { RemovalPolicy } from "aws-cdk-lib";
import type { Environment } from "./environment.ts";

type Keeping = Pick<Environment, "keepData">;

/**
 * What becomes of something that holds data when its stack goes. What a first deployment made before it failed goes in any
 * case: the next one would find its name taken.
 */
export function removalOf({ keepData }: Keeping): RemovalPolicy {
  return keepData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}

/** For what AWS itself protects against deletion, so that a failed first deployment cannot take it away either. */
export function protectedRemovalOf({ keepData }: Keeping): RemovalPolicy {
  return keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}
