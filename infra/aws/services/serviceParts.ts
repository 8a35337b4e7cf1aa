import type { DataStack } from "../data/dataStack.ts";
import type { MessagingStack } from "../messaging/messagingStack.ts";
import type { RealtimeStack } from "../realtime/realtimeStack.ts";

/** The stacks the services build on. */
export interface ServiceParts {
  readonly data: DataStack;
  readonly messaging: MessagingStack;
  readonly realtime: RealtimeStack;
}
