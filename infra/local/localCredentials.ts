/** Region and credentials every stand-in accepts; spread into an AWS client's options beside `endpoint`. */
export const localCredentials = {
  region: "us-east-1",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
};

/**
 * Services take credentials from where the SDK finds them. This process gets the local ones, and forgets a profile of the
 * developer, which must not be asked.
 */
export function useLocalCredentials(): void {
  delete process.env["AWS_PROFILE"];
  process.env["AWS_ACCESS_KEY_ID"] = localCredentials.credentials.accessKeyId;
  process.env["AWS_SECRET_ACCESS_KEY"] = localCredentials.credentials.secretAccessKey;
}
