/**
 * The data the organisation keeps (event, stage, pools, languages, prices) contradicts itself or lacks something.
 * Repeating the work changes nothing until a person repairs it; the message names the thing and the place.
 */
export class ConfigurationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ConfigurationError";
  }
}
