// Says what the reply of a mail server means for the person, the account and the run, and by which rule.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { explainReply, likelyPhase, meaningWords } from "@email-agent/shared/domain/delivery/explainReply.ts";
import { type SmtpPhase, smtpPhases } from "@email-agent/shared/domain/delivery/smtpPhase.ts";

const usage = `Usage: npm run --silent smtp:explain -- [--phase ${smtpPhases.join("|")}] [--json] "550 5.1.1 …"
The reply may have several lines, separated by line breaks or \\n; without one, or with -, it is read from standard input.
A line of a mail server's log may be given as it is: what comes before "said: 550 …" or "smtp; 550 …" is left out.`;

/** What a mail server's log or a bounce (RFC 3464) writes before a reply. */
const logPrefix = /^[^\n]*?(?:\bsaid:|\bsmtp;)\s*(?=[2-5]\d\d[ -])/i;

try {
  const { values, positionals } = parseArgs({
    options: { phase: { type: "string" }, json: { type: "boolean" }, help: { type: "boolean" } },
    allowPositionals: true,
  });
  if (values.help) process.stdout.write(`${usage}\n`);
  else process.stdout.write(explanation(values.phase?.toLowerCase(), replyOf(positionals), values.json ?? false));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n${usage}\n`);
  process.exitCode = 2;
}

function replyOf(words: readonly string[]): string {
  const given = words.join(" ");
  const text = given === "" || given === "-" ? readFileSync(0, "utf8") : given;
  const reply = text.replaceAll("\\n", "\n").replace(logPrefix, "").trim();
  if (!/^[2-5]\d\d([ -]|$)/.test(reply))
    throw new Error(
      `A reply begins with its code of three digits, as in "550 5.1.1 User unknown"; got ${JSON.stringify(reply.slice(0, 60))}.`,
    );
  return reply;
}

function explanation(phase: string | undefined, reply: string, isJson: boolean): string {
  if (phase !== undefined && !smtpPhases.includes(phase as SmtpPhase)) throw new Error(`There is no phase "${phase}".`);
  const explained = explainReply((phase as SmtpPhase | undefined) ?? likelyPhase(reply), reply);
  const { verdict, rule, person, account, run, code, enhanced } = explained;
  if (isJson) {
    const { permanent = false, dailyLimit = false, runError = null, refusalText = null, ...fields } = verdict;
    const shownRule = rule ? { meaning: rule.meaning, seenAt: rule.example.from, reply: rule.example.reply } : null;
    const shown = { ...fields, permanent, dailyLimit, runError, refusalText };
    const all = { phase: explained.phase, phaseGiven: phase !== undefined, code, enhanced: enhanced ?? null };
    return `${JSON.stringify({ ...all, verdict: shown, person, account, run, rule: shownRule }, undefined, 2)}\n`;
  }
  const lines = [
    ["Phase", `${explained.phase}${phase === undefined ? " (assumed; --phase says otherwise)" : ""}`],
    ["Person", person],
    ["Account", account],
    ["Run", run],
    [
      "Decided by",
      rule
        ? `the words of the reply: ${meaningWords[rule.meaning]} (${rule.meaning})`
        : "its code and the phase; no rule knows the reply",
    ],
    ...(rule ? [["As seen at", `${rule.example.from}: ${rule.example.reply.replaceAll("\n", " ⏎ ")}`]] : []),
  ];
  return `${lines.map(([name, text]) => `${`${name}:`.padEnd(12)}${text}`).join("\n")}\n`;
}
