import { mailStatusTerms, skipReasonTerms, stepStatusTerms, stepTerms, type Terms } from "./completeTerms.ts";

/** The words the pages use, by subject. */
export const glossary: readonly { readonly title: string; readonly terms: Terms }[] = [
  {
    title: "Work orders",
    terms: {
      "Work order":
        "One mailing: a stage of an event or of a part of it, in one or more languages, with the five steps that send it.",
      Event: "What the mailing is about. It has a code, which pages show in short, and a name.",
      "Sub-event": "The part of the event that the mailing is about.",
      Stage: "The kind of mail in the life of an event, such as registration, reminder or confirmation.",
      Revision:
        "A number that makes one more mailing of the same event, sub-event and stage. Everyone can get it again.",
      "Mailing key":
        "The name of a mailing in one language: event, sub-event, stage, revision and language. No one gets the same mailing key twice.",
      Template:
        "The HTML of one language of a mailing, named by event, sub-event, stage and language. Prepare takes it from the page Templates, else from Mailchimp, else from a folder on the server.",
      "Parent order": "The work order whose languages, subjects and content this one takes over.",
      Tester: "A person, or an address, that gets every language of the mailing from Test.",
      Editing:
        "While a user edits a work order, no one else can edit it or start its steps. The lock ends when they close the form, or after ten minutes without contact. Another user can take it over.",
      Reset: "A change that affects a step sets it back to Ready, so that it runs again before anything is sent.",
      Archive:
        "Takes a work order off the list and keeps it. One that has mailed anyone can only be archived, not deleted.",
    },
  },
  {
    title: "Steps",
    terms: {
      ...stepTerms,
      "Send-Once, Send-Continuously": "How the page names Send: it runs once, or repeats at intervals.",
      Run: "One execution of a step.",
      "Go/no-go":
        "The dialog before Send: how many mails will be sent, what is in them, and what should be looked at first.",
      "Continuous sending": "Send repeats at intervals and mails the people who have become eligible since.",
      Pass: "One round of continuous sending. Send sleeps between passes.",
      Notice:
        "Says that a Send ended, stopped at a ceiling, sleeps for quota, left mails in doubt, is paused for more than 10 minutes, or has not moved for as long: by mail, and as a notification of the browser.",
      "End of sending": "No mail is started at or after this time. Everyone still waiting is skipped.",
      "Scheduled start":
        "Send starts by itself at this time, if nothing changed that you confirmed. It can be moved and stopped.",
      "Sending window": "Days and hours in which mails are sent. Outside them Send sleeps until the window opens.",
    },
  },
  { title: "Status of a step", terms: stepStatusTerms },
  { title: "Status of a mail", terms: mailStatusTerms },
  {
    title: "Who gets a mailing",
    terms: {
      Participant: "A person in the organisation's records who may receive mail.",
      Pool: "A named rule that says which participants an event or a stage concerns.",
      Eligible: "The mailing concerns this person, and no reason excludes them.",
      Recipient: "A person a step has planned to mail.",
      "Left out": "The mailing does not go to this person, for one of the reasons below.",
      Unsubscribe:
        "To ask for no more mail, by the link in a mail or the button of a mail program (one-click unsubscribe).",
      Suppressed:
        "The address is on the suppression list: a mail server said that it does not exist, or mail to it came back several times in a row.",
    },
  },
  { title: "Reasons for leaving people out", terms: skipReasonTerms },
  {
    title: "Reconciliation",
    terms: {
      Reconciliation:
        "The check after Send: for each language, eligible people = sent + failed + skipped + in doubt + those still open.",
      Delivery: "The record of one mailing to one person. The reconciliation counts deliveries.",
      "Not started": "The last run planned to mail these people and has not tried yet. The next start includes them.",
      "Totals match": "The deliveries account for everyone the last run found eligible.",
      Retry: "Starts Send again for mails that failed or are waiting, and for people the last run did not start.",
      Resolve:
        "To record whether a mail in doubt was received. If it was, it counts as sent; if not, the next run sends it again.",
    },
  },
  {
    title: "Delivery",
    terms: {
      Response: "What the mail server replied. Codes that begin with 2 accept a mail, 4 means try later, 5 refuses it.",
      Bounce: "A mail that a mail server refuses, at once or hours after it was accepted.",
      "Hard bounce": "A permanent refusal, for example because the mailbox does not exist.",
      "Soft bounce":
        "A temporary or unclear refusal, for example because the mail server is busy. The mail is tried again; one that comes back later is counted, and after several in a row the address is suppressed.",
      Complaint: "A person marks a mail as spam. The person is unsubscribed, and it counts against the account.",
      "Came back":
        "A mail that was accepted and bounced later. It stays sent, for the mail server had taken it, and says what came back.",
      Deferred: "Said of a waiting mail: the mail server asked to try again later.",
      Greylisting: "To keep out spam, a mail server refuses the first attempt and accepts a later one.",
      "Failed permanently":
        "Passes that start by themselves do not try the mail again. A start by a user does, unless the address is suppressed.",
      "Failed temporarily": "The next run of Send tries the mail again.",
      "Message-ID": "The identifier of one mail. The log of the mail server shows under it what became of the mail.",
    },
  },
  {
    title: "Accounts",
    terms: {
      Account: "Who sends: a mail server, a from address and limits, shared by all work orders that use the account.",
      Rate: "How many mails the account sends per second at most.",
      "Paused by hand":
        "An administrator paused a mail account, with a reason. No mail begins; Sends wait, lose nothing, and go on when it is resumed.",
      Quota: "How many mails the account sends in any 24 hours at most. Send waits when the quota is used up.",
      "Warm-up": "A plan by which a new sender sends a few mails on its first day and more on each day that follows.",
      "Receiving domain":
        "The servers that receive mail for a domain. Google, Microsoft and others receive for many; a limit or a slowdown counts for all of these together.",
      Connection: "A line to the mail server. The account limits how many are open at once.",
      Paused:
        "The mail server refuses the account, not a recipient. The account sends nothing for a while, then tries again.",
    },
  },
  {
    title: "Content",
    terms: {
      Published: "The content that is mailed. Prepare replaces it only if no language has errors.",
      Draft: "Content in which Prepare found errors. The preview shows it; it is never mailed.",
      Finding: "What the checks of Prepare report. An error prevents publishing, a warning does not.",
      "Preview text": "The line an inbox shows after the subject.",
      "Text part": "The mail as plain text, for mail programs that show no HTML.",
    },
  },
  {
    title: "Access",
    terms: {
      "Read Only": "You can look, but not change work orders or start and stop their steps.",
      "Write Enabled": "You can change work orders, and start and stop their steps.",
      Administrator: "You can also open and change the settings.",
      "Masked address": "Without the right to see addresses, you see the first character and the domain only.",
      Disconnected:
        "The live connection to the server is down, so the page may be out of date. It reconnects by itself.",
    },
  },
];

/** Where the page has a title or term: `Hard bounce` is at `/glossary#hard-bounce`. */
export function anchorOf(term: string): string {
  return term
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}
