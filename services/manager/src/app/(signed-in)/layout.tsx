import type { ReactNode } from "react";
import { theManager } from "../../server/manager.ts";
import { shellFacts } from "../../server/shell/shellFacts.ts";
import { pageUser } from "../../server/signIn/pageUser.ts";
import { LiveProvider } from "../../ui/live/LiveProvider.tsx";
import { BrowserNotices } from "../../ui/notices/BrowserNotices.tsx";
import { Shell } from "../../ui/shell/Shell.tsx";

/** Pages for signed-in users: others are redirected to the sign-in page, users without access to a page that says so. */
export default async function SignedInLayout({ children }: { readonly children: ReactNode }) {
  const user = await pageUser();
  return (
    <Shell facts={shellFacts(theManager().config, user)}>
      <LiveProvider>
        {children}
        <BrowserNotices />
      </LiveProvider>
    </Shell>
  );
}
