import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";

/** A forward proxy on the loopback that opens tunnels. */
export interface ConnectProxy {
  url: string;
  /** What it was asked for: `host:port`, and the `Proxy-Authorization` that came along. */
  asked: { target: string; authorization: string | undefined }[];
  stop(): Promise<void>;
}

/** @param status refuses every tunnel so */
export const startConnectProxy = async (status = 200): Promise<ConnectProxy> => {
  const asked: ConnectProxy["asked"] = [];
  const tunnels = new Set<Duplex>();
  const server = createServer((_, outgoing) => outgoing.writeHead(405).end());
  server.on("connect", ({ url = "", headers }, client, head) => {
    asked.push({ target: url, authorization: headers["proxy-authorization"] });
    tunnels.add(client);
    // Either end may go away at any time, which ends the tunnel.
    client.on("error", () => client.destroy());
    if (status !== 200) {
      client.end(`HTTP/1.1 ${status} No\r\n\r\n`);
      return;
    }
    const { hostname, port } = new URL(`http://${url}`);
    const upstream = connect(Number(port || 80), hostname, () => {
      client.write("HTTP/1.1 200 OK\r\n\r\n");
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on("error", () => client.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: async () => {
      tunnels.forEach((tunnel) => tunnel.destroy());
      server.close();
      await once(server, "close");
    },
  };
};
