/**
 * A mail cannot be rendered for one person, as their data lacks something the template needs. Other recipients are not
 * concerned. The message names the macro and what is missing, without addresses.
 */
export class RenderError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "RenderError";
  }
}
