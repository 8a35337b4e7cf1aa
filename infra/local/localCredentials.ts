/** Region and credentials every stand-in accepts; spread into an AWS client's options beside `endpoint`. */
export const localCredentials = {
  region: "us-east-1",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
};
