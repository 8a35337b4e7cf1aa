import { hash } from "node:crypto";
import { z } from "zod";

/** The mailbox to which mail servers send what could not be delivered. */
export const bounceMailboxSchema = z.object({
  host: z.string().trim().describe("Name of the IMAP server, as imap.example.org").meta({ title: "IMAP server" }),
  port: z.int().min(1).max(65_535).default(993).describe("Usually 993, or 143 with STARTTLS"),
  security: z
    .enum(["tls", "starttls", "none"])
    .default("tls")
    .describe("With TLS and STARTTLS nothing is read unencrypted. No encryption is for private hosts only (`none`)")
    .meta({
      title: "Encryption",
      words: {
        tls: "TLS from the start (usual, port 993)",
        starttls: "STARTTLS (port 143)",
        none: "None (private hosts only)",
      },
    }),
  username: z.string().describe("User name at the IMAP server").meta({ title: "User name" }),
  password: z
    .string()
    .optional()
    .describe(
      "Password at the IMAP server. It is never shown again, and entered anew when host or user changes. A secret can hold it instead (`secretArn`)",
    )
    .meta({ secret: true }),
  secretArn: z
    .string()
    .optional()
    .describe(
      "ARN of a secret in Secrets Manager: the password, or JSON with `username` and `password`. Read every 5 minutes; it is used in place of the password",
    )
    .meta({ title: "Secret with the password" }),
  folder: z
    .string()
    .trim()
    .default("INBOX")
    .describe(
      "Folder whose mails are read. Reports that were applied are moved to its folder `Processed`; all other mails stay where they are",
    ),
});
export type BounceMailbox = z.infer<typeof bounceMailboxSchema>;

/** The same for the same folder of the same mailbox, whichever accounts name it: it is read once. 32 hexadecimal digits. */
export function bounceMailboxKey({ host, port, username, folder }: BounceMailbox): string {
  return hash("sha256", JSON.stringify([host.toLowerCase(), port, username, folder])).slice(0, 32);
}
