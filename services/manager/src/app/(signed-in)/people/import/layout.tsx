import { seesAllEvents } from "@email-agent/shared/domain/connection.ts";
import { hasRight } from "@email-agent/shared/domain/role.ts";
import type { ReactNode } from "react";
import { pageUser } from "../../../../server/signIn/pageUser.ts";
import { NoImport } from "../../../../ui/import/NoImport.tsx";

/** The pages of the import, for users who may change people of all events. */
export default async function ImportLayout({ children }: { readonly children: ReactNode }) {
  const user = await pageUser();
  return hasRight(user, "people") && hasRight(user, "write") && seesAllEvents(user) ? children : <NoImport />;
}
