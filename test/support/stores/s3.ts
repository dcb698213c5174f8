/** @file A server of buckets on this machine, which speaks the language of S3. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import S3rver from "s3rver";

export interface S3Server {
  readonly endpoint: string;
  /** The variables by which programs find it. */
  readonly variables: Readonly<Record<string, string>>;
  put(key: string, bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export const bucket = "photos";

/** The keys that it knows. */
const credentials = { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" };

export async function serveBucket(): Promise<S3Server> {
  const directory = mkdtempSync(join(tmpdir(), "fovea-s3-"));
  const server = new S3rver({
    port: 0,
    address: "127.0.0.1",
    silent: true,
    directory,
    configureBuckets: [{ name: bucket }],
  });
  const { port } = await server.run();
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new S3Client({ endpoint, region: "us-east-1", credentials, forcePathStyle: true });
  return {
    endpoint,
    variables: {
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    put: async (Key, Body) => {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
    },
    close: async () => {
      client.destroy();
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
