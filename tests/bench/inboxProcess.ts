// An inbox in a process of its own, so that receiving does not share a core's turn with what is measured.
import { startInbox } from "../../infra/local/inbox.ts";

await using inbox = await startInbox();
process.send!({ url: inbox.url, smtpPort: inbox.smtpPort });
await new Promise((resolve) => process.once("disconnect", resolve));
