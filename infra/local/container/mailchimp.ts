import { demoAudience, demoTemplates } from "../demo/templates.ts";
import { startMailchimp } from "../mailchimp.ts";
import { everyAddress, runPart } from "./runPart.ts";

await runPart("mailchimp", async ({ use }) => {
  use(await startMailchimp({ host: everyAddress, port: 8027, audiences: [demoAudience], templates: demoTemplates() }));
});
