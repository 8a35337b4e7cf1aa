import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";

/** Local templates, for names Mailchimp does not have. */
export interface TemplateFiles {
  /** The HTML of `<name>.html`; undefined if there is no such file. */
  read(name: string): Promise<string | undefined>;
}

/** Templates in a folder; a relative `TEMPLATES_DIR` is meant from the service's own folder, wherever it is started. */
export function templateFiles(config: { readonly TEMPLATES_DIR: string }): TemplateFiles {
  const service = join(import.meta.dirname, "..", "..");
  const folder = isAbsolute(config.TEMPLATES_DIR) ? config.TEMPLATES_DIR : join(service, config.TEMPLATES_DIR);
  return {
    read: async (name) => {
      try {
        return await readFile(join(folder, `${name}.html`), "utf8");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    },
  };
}
