import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { decodeTemplate } from "@email-agent/shared/domain/content/decodeTemplate.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";

/** Local templates, for names that neither the bucket nor Mailchimp has. */
export interface TemplateFiles {
  /** Where they are, for people. */
  readonly folder: string;
  /**
   * The HTML of `<name>.html`; undefined if there is no such file.
   *
   * @throws AppError `content` for a file in another encoding than it declares, UTF-8 without a declaration.
   */
  read(name: string): Promise<string | undefined>;
}

/** Templates in a folder; a relative `TEMPLATES_DIR` is relative to the service's own folder, wherever it is started. */
export function templateFiles(config: { readonly TEMPLATES_DIR: string }): TemplateFiles {
  const service = join(import.meta.dirname, "..", "..");
  const folder = isAbsolute(config.TEMPLATES_DIR) ? config.TEMPLATES_DIR : join(service, config.TEMPLATES_DIR);
  return {
    folder: config.TEMPLATES_DIR,
    read: async (name) => {
      const bytes = await bytesOf(join(folder, `${name}.html`));
      if (!bytes) return undefined;
      const decoded = decodeTemplate(bytes);
      if ("text" in decoded) return decoded.text;
      throw new AppError("content", `The template file ${name}.html ${decoded.problem}`);
    },
  };
}

async function bytesOf(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
