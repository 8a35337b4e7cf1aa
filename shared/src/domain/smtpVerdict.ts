/** What one attempt over SMTP came to, as the transcript and nodemailer tell it. */
export interface SmtpAnswer {
  /** True once the server's 354 was seen: the message may have gone out. */
  readonly dataSent: boolean;
  /** The command answered, or where the connection broke. */
  readonly phase: "connect" | "greeting" | "ehlo" | "starttls" | "auth" | "mail" | "rcpt" | "data" | "dot";
  /** The server's final reply; absent if the connection ended without one. */
  readonly code?: number;
  readonly enhanced?: string;
  /** Full reply text, as given (kept on the delivery only). */
  readonly response?: string;
  /** Why there was no reply. `certificate`: not valid or host name mismatch. */
  readonly failure?: "connect" | "dns" | "tls" | "certificate" | "timeout" | "lost";
}
