import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What an operator may rely on. Tests that show an item begin their title with `acceptance <number>`. */
const items: Readonly<Record<number, string>> = {
  1: "A start without a complete predecessor ends in error and names it; no job exists; a second start changes nothing and is called ignored",
  2: "A command delivered again, even days later, starts one run and keeps its first judgement; no crash of ingest loses one",
  3: "A thousand writes of workers make no queue message; one new command makes exactly one",
  4: "A stop in any step is effective within 2 s, and no mail begins after it, even if Redis comes back with older data",
  5: "A Send stopped while sleeping never wakes, whatever is restarted",
  6: "Killing any process or emptying Redis: no one gets two mails, the run continues by itself, and at most the claimed messages are in doubt",
  7: "A worker whose lease was taken over changes nothing; a frozen process begins no message when it wakes",
  8: "Sleeping orders all wake, also after Redis was emptied; failing passes back off exponentially, then end in error",
  9: "A continuous Send ends at its instant, whatever the time zone; no mail begins after it",
  10: "The 24-hour quota is never exceeded, by any number of workers, orders or restarts of Redis; no Redis, no mail",
  11: "Languages, unsubscribed, blank, suppressed and reached people are treated alike by Count, Dry-Run and Send",
  12: "Every pool type accepts and refuses as it should; cycles and unknown types are errors that name the pool",
  13: "A code with an underscore cannot be saved; every mailing key splits back into its parts",
  14: "Prepare survives paging, throttling and outages of Mailchimp and never leaves a temporary campaign behind",
  15: "One language that fails its checks publishes nothing; all findings of all languages are listed with their place",
  16: "New content resets Dry-Run, Test and Send, equal content does not; a run never changes content midway",
  17: "Publishing keeps a change made elsewhere in the same event at the same time",
  18: "A virtual confirmation needs its Zoom id; a wrong id in the mail fails the check",
  19: "The link checker fetches each URL once and never reaches a private address, not even by a redirect",
  20: "A stock Mailchimp template passes and renders",
  21: "Unknown tags, macros, conditions and prompts fail Prepare and reach no mailbox",
  22: "Nested conditions render right in both notations, mixed and within one line",
  23: "No name, however odd, breaks HTML, link, subject or header, and none is expanded",
  24: "The placeholder id is replaced in registration links and nowhere else",
  25: "Every mail has its headers and a text part, keeps its Message-ID when tried again, verifies by DKIM; bad certificates are refused",
  26: "Unsubscribing by POST holds for every message begun two seconds later; a GET changes nothing",
  27: "One bad address neither stops nor slows the rest; each kind of refusal has its consequence",
  28: "Editing and progress at the same time lose nothing; two editors cannot save over each other",
  29: "An optimistic update is never reverted by an older message; the newer one replaces it, failure and silence roll it back",
  30: "After a gap in the connection the list is right; gone connections are pruned; a bad ticket gets 401",
  31: "A thousand updates in a second become at most four messages a second for that order",
  32: "A CSV opens with every cell intact and harmless; a read-only user can change nothing through the API",
  33: "Each service starts with only its variables, and names every missing one at once",
  34: "Two creations of the same event, sub-event and stage give one order; a changed or deleted order frees its key",
  35: "Events that come late, twice or not at all leave every client with the newest state and show no address",
  36: "The view page shows what was mailed",
  37: "A Send costs at most four write units per recipient; one refused claim affects no other recipient",
  38: "Only Mailchimp's badge is taken out of a mail; what cannot be separated from it stays, with a warning",
  39: "A link is gone only if GET says so, too; links to private addresses, of unknown schemes or without an address are errors",
  40: "An image, style sheet or other resource that no mail program can load is found before the mail goes out",
  41: "No letter is lost unnoticed: template files are read in the encoding they are in, or refused by name",
  42: "Names are written without surplus white space, invisible characters and direction overrides, everywhere",
  43: "One mistake in a template is one finding, two are two",
  44: "A condition that cannot be judged is an error with its place, never silently false; quotes around its value are no part of it",
  45: "Content beyond 500 KB, 500 nested elements or 1,000 findings is refused at once, with a sentence, on every path that reads content",
  46: "Replies of mail servers are judged by what they say: nearly 300 real ones, each with what it means for the person and the account",
  47: "An unknown refusal, given to people of three domains in a row, pauses the account and is shown with its text; those refused can be mailed again",
  48: "`npm run smtp:explain` says of any reply what it means for the person, the account and the run, and by which rule",
  49: "No reply shows its recipient's local part, in any spelling, to users who may not see addresses",
  50: "An SMTP reply that comes too early or too often, in any phase, causes no duplicate and no false sent or refused",
  51: "A mail server that does not speak SMTP is detected at once and named with its words; no recipient fails because of it",
  52: "An address goes over the wire as its server can take it: odd dots quoted, domains in ASCII, SMTPUTF8 only where it is offered",
  53: "An account reaches at least 95 % of its rate, from one mail an hour to 1,000 a second, and never exceeds it, however many chunks, workers and orders share it",
  54: "While people wait, a Send shows how many, why and until when; its numbers add up at every moment, and the forecast includes them",
  55: "After a run error or too many failures no message begins anywhere, and the numbers are those of the ledger",
  56: "Whatever ends a Send without its workers, within two minutes no message is left without an end and every number is the ledger's",
  57: "A Send says complete only when planned = sent + failed + skipped + in doubt, by the ledger; at sendUntil the rest is skipped and counted as such",
  58: "A Send mails at most the number its user confirmed, plus max(5, 2 %); everyone beyond waits for the next confirmation",
  59: "The dialog before Send counts who would be mailed when it opens, and a start that confirms another number is refused with the new one",
  60: "A retry promises only the failed and waiting mails it can send now, and says of the others why it cannot",
  61: "While one tester waits, the other testers and languages of a Test get their mail; the waiting tester is named with the time of the next attempt",
  62: "With a host clock ten minutes off, no live worker is declared dead, and a dead one is replaced in time",
  63: "A host whose clock is ten minutes off keeps `sendUntil`, wake-ups, quota windows and pauses within 2 s all the same",
  64: "A broken participant record is skipped, counted and named with its field; it stops no order, and never makes a rule fall open",
  65: "Addresses shared by several records are counted and listed before anything is sent",
  66: "Everyone the mailing leaves out can be listed, searched and exported with the reason; a user of one event sees no others",
  67: "After a new revision, event or stage the mailings before it can still be listed, exported, reconciled and resolved",
  68: "The list of work orders names failed and doubtful mails beside Sent, and finds what needs attention; numbers of a step are of one moment",
  69: "A user of some events sees testers and people on the lists of their orders and no other person, by whatever route, id or guess",
  70: "Searching for participants is limited per user and per process, so that it neither exposes all participants nor slows the pages down",
  71: "A CSV has the id, language, reason in words, response and time with zone of each person in it, and no cell is a formula however a spreadsheet separates",
  72: "No text of a preview holds a working personal link, whether it was rendered, pasted into the template or stored with a person",
  73: "However many clients open view links and other public pages, signed-in users do not wait for them; beyond its rate limits the response is 503 or 429 with Retry-After",
  74: "Signing out, removing a user or changing their rights ends all their sessions and tickets at once, and open WebSockets within a minute",
  75: "Secrets that sign links, sessions and tickets are rotated without breaking one that was given out before",
  76: "No method, address, query or body makes the Email Manager fail: what it does not take is 4xx with one sentence, an unknown method 405 with Allow",
  77: "A web page of another site neither reads nor changes anything of a local stack, by whatever name and port it tries",
  78: "With Docker a container is given its own variables and secrets only, and setup alone those of all",
  79: "A change of one service makes no new image of another, so a release of a page restarts no sender",
  80: "After a failover of Redis no service writes to the former primary: each says that it is not ready, reconnects by itself within seconds, and no one gets two mails",
  81: "Work waits out transient errors of AWS and Redis (throttling, timeouts, conflicts, failovers), and retries nothing that a person must repair",
  82: "With any number of open browsers the notifier stays small: a slow one gets only the newest state of each order, and always the last",
  83: "Scale-in on AWS never ends a worker that is running a Count, Prepare, Dry-Run or Test; one that cannot get this protection works on",
  84: "The number of workers follows the work of every step; slow accounts keep no more senders than they can use",
  85: "A step that fails is one line at level error with its order and step, and is counted; transient trouble, a refused person or a release is not",
  86: "A Send that works for ten minutes without an outcome raises an alarm, also when no sender lives; one that waits on purpose raises none",
  87: "A release that brings errors, exceptions, 5xx or unhealthy tasks is rolled back by itself",
  88: "Only a command that waits for its judgement invokes the stream router; the writes of workers do not",
  89: "An availability zone that comes or goes on AWS leaves the subnets of the others, and what is in them, as they are",
  90: "Tables that exist, an organisation's own or restored ones, are used on AWS in the place of new ones, and none is deleted for it",
  91: "`npm start` has a Node and a database for Linux and macOS, on x64 and arm64, and a Redis on each; what is missing is named with the repair",
  92: "`npm test` needs only Node and npm: a Chromium of the system is used, else the one npm brings, with libraries and fonts of its own",
  93: "A header added to a mail on its way breaks its DKIM signature; weak keys, and account addresses that would add a header, are refused before the first mail",
  94: "Orders, steps, statuses and commands of the next version are kept and shown by this one, which starts and changes nothing of them",
  95: "A new step is one row of the catalogue and one handler: the compiler names the missing handler; start, stop, reset, list and panel know the step",
  96: "An operator finds every status and reason that pages show explained on one page",
  97: "Every alarm has an article in the runbook, and no article is left over: what it means, where to look, what to do",
  98: "Every field of every item of Config, of events and of participants is documented from its schema, with an example that the schema accepts",
  125: "Two administrators cannot overwrite each other: the second save of an item says so and changes nothing; every earlier version is kept",
};

/** `docs/acceptance.md`: each item and the test files whose titles name it. Throws for an item no test shows. */
export function acceptancePage(): string {
  const root = join(import.meta.dirname, "..");
  const files = execFileSync("git", ["ls-files", "*.test.ts"], { cwd: root, encoding: "utf8" }).trim().split("\n");
  const shownBy = new Map<number, string[]>();
  for (const file of files) {
    const titles = readFileSync(join(root, file), "utf8").matchAll(/["'`]acceptance (\d+)/g);
    for (const number of new Set([...titles].map((title) => Number(title[1]))))
      shownBy.set(number, [...(shownBy.get(number) ?? []), file]);
  }
  const rows = Object.entries(items).map(([number, text]) => {
    const tests = shownBy.get(Number(number));
    if (!tests) throw new Error(`No test title begins with "acceptance ${number}".`);
    return `| ${number} | ${text} | ${tests.map((file) => `[${file.split("/").at(-1)}](../${file})`).join(", ")} |`;
  });
  return [
    "# What the product promises, and the tests that show it",
    "",
    "Made by `npm run fix` from the test titles; do not edit. One item: `npm test -- -t 'acceptance 6'`.",
    "",
    "| | Promise | Shown by |",
    "|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}
