import { startWebsite } from "../website.ts";
import { everyAddress, runPart } from "./runPart.ts";

await runPart("website", async ({ use }) => {
  use(await startWebsite({ host: everyAddress, port: 8029 }));
});
