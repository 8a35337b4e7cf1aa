"use client";
import { hasRight } from "@email-agent/shared/domain/role.ts";
import { Anchor, Text } from "@mantine/core";
import Link from "next/link";
import { usePathname } from "next/navigation";
import useSWR from "swr";
import { type FirstSteps, firstStepsAddress } from "../../api/firstSteps.ts";
import { call } from "../http.ts";
import { useViewer } from "../shell/useShellFacts.ts";

/** Pages that show all of the steps, or the one that is next. */
const showsSteps = ["/", "/settings"];

/** For administrators, where a step was entered: how far they are, and the way to the next step. Nothing once a mailing was sent. */
export function NextFirstStep() {
  const isAdmin = hasRight(useViewer(), "admin");
  const path = usePathname();
  const { data } = useSWR<FirstSteps>(isAdmin ? firstStepsAddress : null, (address: string) =>
    call<FirstSteps>("GET", address),
  );
  const steps = data?.steps ?? [];
  const next = steps.find(({ isDone }) => !isDone);
  if (!next || showsSteps.includes(path)) return null;
  return (
    <Text size="sm" mb="xs" component="nav" aria-label="Next of the first steps">
      First steps: {steps.filter(({ isDone }) => isDone).length} of {steps.length} are done.{" "}
      {next.address === path ? (
        `This page: ${next.title}.`
      ) : (
        <>
          Next:{" "}
          <Anchor component={Link} href={next.address} size="sm" fw={600}>
            {next.title}
          </Anchor>
        </>
      )}
    </Text>
  );
}
