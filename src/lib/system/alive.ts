import { systemCode } from "../errors.js";

/** Whether a process of this machine has that id. */
export const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemCode(error) === "EPERM";
  }
};
