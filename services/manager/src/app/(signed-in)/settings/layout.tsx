import { hasRight } from "@email-agent/shared/domain/role.ts";
import type { ReactNode } from "react";
import { pageUser } from "../../../server/signIn/pageUser.ts";
import { NextFirstStep } from "../../../ui/firstSteps/NextFirstStep.tsx";
import { NoSettings } from "../../../ui/settings/NoSettings.tsx";

/** The pages of Settings, for administrators. */
export default async function SettingsLayout({ children }: { readonly children: ReactNode }) {
  if (!hasRight(await pageUser(), "admin")) return <NoSettings />;
  return (
    <>
      <NextFirstStep />
      {children}
    </>
  );
}
