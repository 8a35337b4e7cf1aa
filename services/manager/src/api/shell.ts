// Over HTTP, types only: what every page shows around its content.

/** Who is signed in, as pages know it. */
export interface Viewer {
  readonly id: string;
  readonly name: string;
  readonly role: "read" | "write";
  readonly showAddresses: boolean;
  readonly exportCsv: boolean;
}

/** What every page shows around its content. `links`: further pages, as the local stack's inbox. */
export interface ShellFacts {
  readonly viewer: Viewer;
  readonly version: string;
  readonly links: readonly { readonly name: string; readonly address: string }[];
}
