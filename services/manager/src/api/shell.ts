// Over HTTP: what every page shows around its content.
import type { Role } from "@email-agent/shared/domain/role.ts";

/** Who is signed in, as pages know it. */
export interface Viewer {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly showAddresses: boolean;
  readonly exportCsv: boolean;
  /** May open the pages of People. */
  readonly people: boolean;
}

/** What every page shows around its content. `links`: further pages, as the local stack's inbox. */
export interface ShellFacts {
  readonly viewer: Viewer;
  readonly version: string;
  readonly links: readonly { readonly name: string; readonly address: string }[];
}
