import { styleText } from "node:util";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import type { OrderSnapshot } from "@email-agent/shared/messages/statusEvent.ts";

const barWidth = 30;

/** Draws one line per step: a bar while it works (on a terminal), one line when it ends. */
export function stepProgress(step: StepName, output: NodeJS.WriteStream = process.stdout) {
  const startedAt = performance.now();
  const draw = (order: OrderSnapshot): string => {
    const record = order.steps[step];
    const { total = 0, sent = 0, skipped = 0, failed = 0, inDoubt = 0 } = record.counters ?? {};
    const done = sent + failed + inDoubt + (step === "Send" ? skipped : 0);
    const share = total === 0 ? (record.status === "complete" ? 1 : 0) : Math.min(1, done / total);
    const filled = Math.round(share * barWidth);
    const bar = `${"█".repeat(filled)}${"░".repeat(barWidth - filled)}`;
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6);
    return `${step.padEnd(8)} ${bar} ${String(done).padStart(6)} of ${String(total).padEnd(6)} ${seconds} s  ${record.status}`;
  };
  return {
    show(order: OrderSnapshot) {
      const said = order.steps[step].message?.split("\n")[0] ?? "";
      // One line only: a longer one would wrap and could not be drawn over.
      if (output.isTTY) output.write(`\r\u001b[2K${`${draw(order)}  ${said}`.slice(0, output.columns - 1)}`);
    },
    end(order: OrderSnapshot) {
      if (output.isTTY) output.write("\r\u001b[2K");
      const record = order.steps[step];
      const colour = record.status === "complete" ? "green" : "red";
      output.write(`${styleText(colour, draw(order))}\n`);
      if (record.message) output.write(`${styleText("gray", indent(record.message))}\n`);
    },
  };
}

function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => `         ${line}`)
    .join("\n");
}
