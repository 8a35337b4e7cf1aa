/** The SMTP command replied to, or where the connection broke. `dot`: the final dot, that is, the message itself. */
export const smtpPhases = ["connect", "greeting", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "dot"] as const;
export type SmtpPhase = (typeof smtpPhases)[number];
