import { join } from "node:path";
import { startInbox } from "../inbox.ts";
import { container, dataFolder, runPart } from "./runPart.ts";

await runPart("inbox", async ({ use }) => {
  use(
    await startInbox({ ...container("inbox"), httpPort: 8021, smtpPort: 8023, dataFolder: join(dataFolder, "inbox") }),
  );
});
