/** A line of Audit: append-only, put if absent. `sk`: `C#<commandId>`, `E#<runId>#<step>` or `U#<time>#<ulid>`. No addresses, no secrets. */
export interface AuditLine {
  readonly workOrderId: string;
  readonly sk: string;
  readonly at: string;
  readonly by?: string;
  readonly what: string;
  readonly data?: Record<string, unknown>;
}

export interface Audit {
  has(workOrderId: string, sk: string): Promise<boolean>;
  /** Put if absent; true if this call put it. */
  put(line: AuditLine): Promise<boolean>;
}
