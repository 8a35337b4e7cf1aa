// What Next.js runs before every request and calls a proxy.
import { systemClock } from "@email-agent/shared/kit/clock.ts";
import { processEnvironment, readConfig } from "@email-agent/shared/kit/config.ts";
import type { NextRequest, NextResponse } from "next/server";
import { makeGate } from "./server/signIn/gate.ts";

let gate: ReturnType<typeof makeGate> | undefined;

export function proxy(request: NextRequest): Promise<NextResponse> {
  gate ??= openGate();
  return gate(request);
}

function openGate() {
  const environment = processEnvironment();
  const read = readConfig("manager", environment);
  if ("problems" in read) throw new Error(`The environment lacks ${read.problems.map(({ name }) => name).join(", ")}.`);
  return makeGate(read.config, systemClock, environment["NODE_ENV"] === "development");
}
