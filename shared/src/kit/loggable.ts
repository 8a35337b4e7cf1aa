import { isSecret, maskSecrets } from "./maskSecrets.ts";

const redacted = "[redacted]";
/** Longer texts, lists and deeper structures are cut: CloudWatch and Docker split a line that is too long, and half a line is no JSON. */
const limits = { characters: 8000, entries: 100, depth: 8 } as const;

/**
 * What may be logged of a value: plain JSON in which every text, name and error is masked (`maskSecrets`), values of secret
 * names are left out, bytes are only counted, and cycles end. Never throws.
 */
export function loggable(value: unknown): unknown {
  return loggableWithin(value, []);
}

/** A text as it may be logged: masked, then cut, so that no cut leaves half of what was to be masked. */
export function loggableText(text: string): string {
  const masked = maskSecrets(text);
  if (masked.length <= limits.characters) return masked;
  const left = masked.length - limits.characters;
  return `${masked.slice(0, limits.characters)}… (${left} more characters)`;
}

function loggableWithin(value: unknown, parents: readonly object[]): unknown {
  if (typeof value === "string") return loggableText(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value === "symbol" || typeof value === "function") return undefined;
  if (typeof value !== "object" || value === null) return value;
  if (parents.includes(value)) return "[circular]";
  if (parents.length >= limits.depth) return "[too deep]";
  try {
    return loggableObject(value, [...parents, value]);
  } catch {
    return "[unreadable]";
  }
}

function loggableObject(value: object, parents: readonly object[]): unknown {
  const within = (part: unknown) => loggableWithin(part, parents);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (value instanceof Error) return loggableError(value, within);
  if (value instanceof Map)
    return loggableEntries(
      [...value].map(([key, held]) => [nameOf(key), held]),
      within,
    );
  if (value instanceof Set) return loggableList([...value], within);
  if (Array.isArray(value)) return loggableList(value, within);
  if ("toJSON" in value && typeof value.toJSON === "function") return within(value.toJSON());
  return loggableEntries(Object.entries(value), within);
}

function nameOf(key: unknown): string {
  return typeof key === "object" && key !== null ? JSON.stringify(loggable(key)) : String(key);
}

function loggableList(values: readonly unknown[], within: (part: unknown) => unknown): unknown[] {
  const shown = values.slice(0, limits.entries).map((one) => within(one) ?? null);
  return values.length > limits.entries ? [...shown, `… (${values.length - limits.entries} more)`] : shown;
}

function loggableEntries(entries: readonly (readonly [string, unknown])[], within: (part: unknown) => unknown): object {
  const shown = entries
    .slice(0, limits.entries)
    .map(([name, value]) => [loggableText(name), isSecret(name, value) ? redacted : within(value)]);
  if (entries.length > limits.entries) shown.push(["…", `${entries.length - limits.entries} more`]);
  return Object.fromEntries(shown);
}

function loggableError(error: Error, within: (part: unknown) => unknown): object {
  const { name, message, stack, cause } = error;
  const { errors } = error as { errors?: unknown };
  const more = Object.entries(error).filter(([key]) => !["name", "message", "stack", "cause", "errors"].includes(key));
  return {
    type: within(name),
    message: within(message),
    ...(stack !== undefined && { stack: within(stack) }),
    ...loggableEntries(more, within),
    ...(cause !== undefined && { cause: within(cause) }),
    ...(Array.isArray(errors) && { errors: within(errors) }),
  };
}
