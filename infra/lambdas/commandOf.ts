import { type StepCommand, stepCommandSchema } from "@email-agent/shared/messages/stepCommand.ts";

/** A DynamoDB attribute value as far as commands need it. */
export interface AttributeValue {
  readonly S?: string;
  readonly N?: string;
  readonly M?: Readonly<Record<string, AttributeValue>>;
}
export type Image = Readonly<Record<string, AttributeValue>>;

/** One change of the table, as streams give it (new and old images). */
export interface StreamRecord {
  readonly dynamodb: { readonly SequenceNumber: string; readonly NewImage?: Image; readonly OldImage?: Image };
}

/**
 * The command a change brought: the new image has a `command.id`, and the old image is absent or has a different one.
 * Undefined for every other change; a problem in words for a command that does not fit its schema.
 */
export function commandOf(
  record: StreamRecord,
): { readonly command: StepCommand } | { readonly problem: string; readonly workOrderId: string } | undefined {
  const { NewImage: now, OldImage: before } = record.dynamodb;
  const command = now?.["command"]?.M;
  const id = command?.["id"]?.S;
  if (!now || !command || id === undefined || id === before?.["command"]?.M?.["id"]?.S) return undefined;
  const workOrderId = now["id"]?.S ?? "";
  // The schema takes what a message carries, and leaves out all else.
  const fields = Object.entries(command).map(([name, { S, N }]) => [
    name,
    S ?? (N === undefined ? undefined : Number(N)),
  ]);
  const parsed = stepCommandSchema.safeParse({ ...Object.fromEntries(fields), v: 1, commandId: id, workOrderId });
  if (parsed.success) return { command: parsed.data };
  const issue = parsed.error.issues[0];
  return { problem: `field ${issue?.path.join(".")}: ${issue?.message}`, workOrderId };
}
