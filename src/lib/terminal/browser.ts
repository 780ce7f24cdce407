/** @returns whether one could be started, not whether it shows the page */
export const openBrowser = async (address: string): Promise<boolean> => {
  if (!hasScreen()) return false;
  try {
    const { default: open } = await import("open");
    const browser = await open(address);
    // Not reported: the address is on the terminal, too.
    browser.on("error", () => undefined);
    return true;
  } catch {
    return false;
  }
};

/** Without a screen a browser for terminals would start, and take this terminal. */
const hasScreen = (): boolean => {
  const { DISPLAY, WAYLAND_DISPLAY, WSL_DISTRO_NAME, SSH_CONNECTION } = process.env;
  if (process.platform === "linux") return [DISPLAY, WAYLAND_DISPLAY, WSL_DISTRO_NAME].some(Boolean);
  return !SSH_CONNECTION;
};
