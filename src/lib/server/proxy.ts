export interface Proxy {
  variable: string;
  /** Null if the variable holds no address of an http or https proxy. */
  address: URL | null;
}

/** The variables for each kind of address; the first that is set counts, lower case before upper case. */
const VARIABLES = {
  "https:": ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
  "http:": ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"],
};

/** The proxy that requests to an address go through, as curl reads the environment; null if they go straight. */
export const proxyOf = (url: URL, env: NodeJS.ProcessEnv): Proxy | null => {
  const variable = VARIABLES[url.protocol as keyof typeof VARIABLES].find((name) => env[name]);
  if (variable === undefined || isExcepted(url, env["no_proxy"] || env["NO_PROXY"] || "")) return null;
  return { variable, address: addressOf(env[variable] ?? "") };
};

/** Without user name and password. */
export const shownProxy = ({ variable, address }: Proxy): string =>
  address === null ? variable : `${address.protocol}//${address.host} (${variable})`;

const addressOf = (text: string): URL | null => {
  const whole = text.includes("://") ? text : `http://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : null;
  return url !== null && ["http:", "https:"].includes(url.protocol) && url.hostname !== "" ? url : null;
};

/** @param list hosts, with their subdomains, each perhaps with a port; `*` is all */
const isExcepted = (url: URL, list: string): boolean => {
  const host = url.hostname.toLowerCase();
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      const [, name = "", onlyPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
      if (onlyPort !== undefined && onlyPort !== port) return false;
      const domain = name.replace(/^\*?\./, "");
      return name === "*" || host === domain || host.endsWith(`.${domain}`);
    });
};
