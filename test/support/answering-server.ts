import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

/** A server on the loopback that is no Supabase project, or a strange one. */
export interface AnsweringServer {
  url: string;
  stop: () => Promise<void>;
}

export const startAnswering = async (answer: RequestListener): Promise<AnsweringServer> => {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};
