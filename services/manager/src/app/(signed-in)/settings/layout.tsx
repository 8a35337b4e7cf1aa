import { hasRight } from "@email-agent/shared/domain/role.ts";
import type { ReactNode } from "react";
import { pageUser } from "../../../server/signIn/pageUser.ts";
import { NoSettings } from "../../../ui/settings/NoSettings.tsx";

/** The pages of Settings, for administrators. */
export default async function SettingsLayout({ children }: { readonly children: ReactNode }) {
  return hasRight(await pageUser(), "admin") ? children : <NoSettings />;
}
