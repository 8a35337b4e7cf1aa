"use client";
import { type StepName, stepNames } from "@email-agent/shared/domain/steps.ts";
import type { StepRecord } from "@email-agent/shared/domain/workOrder.ts";
import type { MouseEvent } from "react";
import type { Order } from "../../api/orders.ts";
import { Moment } from "../shell/Moment.tsx";
import { StatusBadge } from "../shell/StatusBadge.tsx";
import { stepWord } from "../shell/statusLooks.ts";
import { currentStep, stepAddress } from "./chosenStep.ts";
import styles from "./StepPath.module.css";
import { stepTitle, waitingWord } from "./stepWords.ts";

/** The steps as one path: which are done, which is current, what comes next. Each is a link to its panel. */
export function StepPath({ order, chosen }: { readonly order: Order; readonly chosen: StepName }) {
  const current = currentStep(order);
  return (
    <nav aria-label="Steps of this work order">
      <ol className={styles.path}>
        {stepNames.map((name) => (
          <li
            key={name}
            className={styles.step}
            data-status={order.steps[name].status}
            data-current={name === current || undefined}
          >
            <a
              href={stepAddress(name)}
              onClick={(event) => choose(event, name)}
              aria-current={name === chosen ? "step" : undefined}
              className={styles.link}
            >
              <span className={styles.name}>
                {name}
                <span className={styles.rest}>{stepTitle(order, name).slice(name.length)}</span>
              </span>
              <StatusBadge
                status={order.steps[name].status}
                word={waitingWord(order, name) ?? stepWord(order.steps[name])}
              />
              <Note record={order.steps[name]} />
            </a>
          </li>
        ))}
      </ol>
    </nav>
  );
}

function Note({ record }: { readonly record: StepRecord }) {
  const at = record.status === "sleeping" ? record.nextRunAt : record.endedAt;
  if (!at) return undefined;
  return (
    <span className={styles.note}>
      {record.status === "sleeping" ? (record.scheduled ? "sends " : "wakes ") : ""}
      <Moment at={at} />
    </span>
  );
}

/** Changes the address in place: nothing is loaded, so it also works offline. */
function choose(event: MouseEvent, step: StepName): void {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  history.pushState(null, "", stepAddress(step));
}
