import type { ServiceParts } from "../services/serviceParts.ts";
import { maximum, sum, type Watch } from "./watch.ts";

/** What carries commands and status: messages that wait, and those nobody could handle. */
export function queueWatches({ messaging }: ServiceParts): Watch[] {
  return Object.entries(messaging.queues).flatMap(([name, { queue, deadLetters, shape }]): Watch[] => {
    const letters = (held: typeof queue, what: string): Watch => ({
      id: `${name}-dead-letters`,
      text: `${what} lie in a dead-letter queue: read them, repair the cause, then send them back.`,
      metric: maximum(held.metricApproximateNumberOfMessagesVisible()),
      above: 0,
    });
    // A queue without dead letters of its own holds those of others.
    if (!deadLetters) return [letters(queue, "Stream records that could not be forwarded")];
    return [
      letters(deadLetters, `Messages of ${shape.name}`),
      {
        id: `${name}-age`,
        text: `A message has waited in ${shape.name} for over a minute: its consumer does not keep up or is away.`,
        metric: maximum(queue.metricApproximateAgeOfOldestMessage()),
        above: 60,
      },
    ];
  });
}

/** The three Lambdas, and how far behind the stream router is. */
export function lambdaWatches({ messaging, realtime }: ServiceParts): Watch[] {
  const functions = {
    "stream-router": messaging.streamRouter,
    connect: realtime.connect,
    disconnect: realtime.disconnect,
  };
  const watches = Object.entries(functions).flatMap(([name, lambda]): Watch[] => [
    { id: `${name}-errors`, text: `Lambda ${name} failed: see its log.`, metric: sum(lambda.metricErrors()), above: 0 },
    {
      id: `${name}-throttles`,
      text: `Lambda ${name} was refused for want of concurrency in the account.`,
      metric: sum(lambda.metricThrottles()),
      above: 0,
    },
  ]);
  const iteratorAge = maximum(messaging.streamRouter.metric("IteratorAge"));
  const text = "Changes of work orders reach the stream router over a minute late.";
  return [...watches, { id: "stream-age", text, metric: iteratorAge, above: 60_000 }];
}
