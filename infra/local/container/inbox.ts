import { join } from "node:path";
import { startInbox } from "../inbox.ts";
import { dataFolder, everyAddress, runPart } from "./runPart.ts";

await runPart("inbox", async ({ use }) => {
  use(await startInbox({ host: everyAddress, httpPort: 8021, smtpPort: 8023, dataFolder: join(dataFolder, "inbox") }));
});
