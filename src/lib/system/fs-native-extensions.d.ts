// The package brings no types. Only what lock.ts uses.
declare module "fs-native-extensions" {
  const native: {
    /** True if the exclusive lock on the open file was granted; false if another process holds it. */
    tryLock(descriptor: number): boolean;
    unlock(descriptor: number): void;
  };
  export default native;
}
