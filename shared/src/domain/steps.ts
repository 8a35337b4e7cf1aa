/**
 * The step catalogue: one row per step, in the order in which an order goes through them. A row holds every fact in which
 * steps differ; the work itself is the step's handler in the owning service. Queues, leases, resets, the pages and the
 * local stack read the rows, so a new step is a row and a handler.
 */
interface StepRow {
  /** Key in `steps` of a work order, and the name on every page. */
  readonly name: string;
  /** The service whose record of handlers has this step. */
  readonly owner: "campaign" | "sender";
  /** Name of its BullMQ queue. */
  readonly queue: string;
  /** What it does, in a sentence or two, for its panel. */
  readonly help: string;
  /** The words for the numbers it keeps, in the order of its bar. What is left out is always zero in this step. */
  readonly numbers: Partial<Record<StepNumber, string>>;
  /**
   * `publishes` the content of the order, or `uses` it: a run keeps the hashes it started with. New texts reset both, and
   * newly published content resets the steps that use it.
   */
  readonly content?: "publishes" | "uses";
  /**
   * Who gets mail from it. Its runs claim deliveries, and another account resets it. `testers`: each run has a ledger of its
   * own. `recipients`: the ledger is that of the mailing, the numbers are those of all runs, and a start carries the number
   * of recipients the user confirmed.
   */
  readonly mails?: "testers" | "recipients";
  /** It may sleep: until its quota frees, and between the passes of continuous sending. */
  readonly sleeps?: true;
  /** The list of people it makes, as `?list=` names it. */
  readonly list?: StepList;
  /** Jobs of its queue one process works on at once. */
  readonly jobsAtOnce: number;
  /**
   * How long a run keeps its task from being scaled in. A deployment waits for protected tasks, and CloudFormation gives up
   * after three hours, so the longest is below that.
   */
  readonly protectionMinutes: number;
}

/**
 * The lists of people that steps make. A step without `mails` makes its list when it completes (`resultRunId`), one that
 * mails with its first mail.
 */
export type StepList = "dry-run" | "test" | "send";

/** The numbers a step may keep. `waiting` and `open` are what is left of the total. */
export type StepNumber = "sent" | "failed" | "inDoubt" | "skipped" | "waiting" | "open";

/** These steps read participants or content page by page (some MB each) and share one processor: ten jobs keep it busy. */
const reading = { jobsAtOnce: 10, protectionMinutes: 120 } as const;

const mailNumbers = {
  sent: "sent",
  failed: "failed",
  inDoubt: "in doubt",
  skipped: "skipped",
  waiting: "waiting for another attempt",
  open: "still to be mailed",
} as const;

const catalogue = [
  {
    name: "Count",
    owner: "campaign",
    queue: "count",
    help: "Finds out who would get this mailing now, per language, and why others would not. Nothing is sent.",
    numbers: { sent: "would be mailed", skipped: "already received it" },
    ...reading,
  },
  {
    name: "Prepare",
    owner: "campaign",
    queue: "prepare",
    help: "Fetches the content of every language, checks it, and publishes it if it has no errors. Nothing is sent.",
    numbers: { sent: "languages published" },
    content: "publishes",
    ...reading,
  },
  {
    name: "Dry-Run",
    owner: "sender",
    queue: "dry-run",
    help: "Renders the mail of every recipient, so that you can check the list. Nothing is sent.",
    numbers: { sent: "would be mailed", failed: "cannot be rendered", skipped: "already received it" },
    content: "uses",
    list: "dry-run",
    ...reading,
  },
  {
    name: "Test",
    owner: "sender",
    queue: "test",
    help: "Sends every language to the testers of this work order, just as Send would.",
    numbers: mailNumbers,
    content: "uses",
    mails: "testers",
    list: "test",
    ...reading,
  },
  {
    name: "Send",
    owner: "sender",
    queue: "send",
    help: "Sends the mailing to everyone it is for, and never twice to the same person.",
    numbers: mailNumbers,
    content: "uses",
    mails: "recipients",
    sleeps: true,
    list: "send",
    // Its run mostly waits (for chunks, rates, quota), so a hundred cost little, and one order need not wait for another.
    jobsAtOnce: 100,
    // An interrupted Send continues elsewhere where it was; the other steps begin again.
    protectionMinutes: 15,
  },
] as const satisfies readonly StepRow[];

export type StepName = (typeof catalogue)[number]["name"];
export type StepOwner = StepRow["owner"];
/** The names of the steps one service owns: `StepNameOf<"campaign">` is `"Count" | "Prepare"`. */
export type StepNameOf<Owner extends StepOwner> = Extract<(typeof catalogue)[number], { owner: Owner }>["name"];
export interface Step extends StepRow {
  readonly name: StepName;
}

export const steps: readonly Step[] = catalogue;

export const stepNames = steps.map((step) => step.name) as readonly StepName[] as readonly [StepName, ...StepName[]];

/** The statuses of a step. Items of a later release may hold others: see `isKnownStatus`. */
export const stepStatuses = ["ready", "working", "complete", "error", "interrupted", "exception", "sleeping"] as const;
export type KnownStatus = (typeof stepStatuses)[number];

/** Those in which a run ends. */
export const terminalStatuses = ["complete", "error", "interrupted", "exception"] as const satisfies KnownStatus[];

/** False for a status that a later release wrote. It is kept, and its step can be neither started, stopped nor edited here. */
export function isKnownStatus(status: string): status is KnownStatus {
  return (stepStatuses as readonly string[]).includes(status);
}

/** The names of an order's steps that this release does not know, as a later one wrote them. */
export function laterSteps(steps: object): string[] {
  return Object.keys(steps).filter((name) => !isStepName(name));
}

/** True for a name of the catalogue. */
export function isStepName(name: string): name is StepName {
  return (stepNames as readonly string[]).includes(name);
}

/** The row of a step. */
export function stepNamed(name: StepName): Step {
  return steps.find((step) => step.name === name) as Step;
}

/** The step that must be complete before `name` may start; undefined for the first. */
export function predecessorOf(name: StepName): StepName | undefined {
  return stepNames[stepNames.indexOf(name) - 1];
}

/** The step that makes a list. */
export function stepOfList(list: StepList): Step {
  return steps.find((step) => step.list === list) as Step;
}

/** The names of the steps whose row has this property. */
export function stepsWhere(holds: (step: Step) => boolean): StepName[] {
  return steps.filter(holds).map(({ name }) => name);
}

/** True for a step that mails the recipients of the order: its numbers and its ledger are those of all its runs. */
export function mailsRecipients(name: StepName): boolean {
  return stepNamed(name).mails === "recipients";
}
