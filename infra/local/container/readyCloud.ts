import type { Aws } from "@email-agent/shared/adapters/aws.ts";
import { createQueues, type QueueNames } from "../createQueues.ts";
import { type KeptObjects, keptObjects } from "./keptObjects.ts";

/**
 * Makes what LocalStack's free edition holds in memory only, and so forgets when it ends: queues, topic, bucket, and the
 * objects that were in it. What exists is left as it is. Messages that waited are gone: the database finds them out.
 */
export async function readyCloud(
  aws: Pick<Aws, "s3">,
  endpointUrl: string,
  objectFolder: string,
): Promise<{ readonly names: QueueNames; readonly objects: KeptObjects; readonly broughtBack: number }> {
  const names = await createQueues(endpointUrl);
  const objects = keptObjects(aws, names.S3_BUCKET, objectFolder);
  return { names, objects, broughtBack: await objects.putBack() };
}
