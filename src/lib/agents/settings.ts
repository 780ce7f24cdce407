import { isObject, jsonIn } from "../system/json.js";
import { textIn } from "./plain-file.js";

/** A settings file of an agent; undefined if there is none. Never one that holds credentials. */
const settingsIn = (path: string): unknown => {
  const text = textIn(path);
  return text === undefined ? undefined : jsonIn(text);
};

/** What a settings file has at the end of a way of names. */
export const settingIn = (path: string, ...way: string[]): unknown =>
  way.reduce<unknown>(
    (value, name) => (isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined),
    settingsIn(path),
  );

/** Whether it is there: what it is stays unread. */
export const hasSetting = (path: string, ...way: string[]): boolean => {
  const value = settingIn(path, ...way);
  return value !== undefined && value !== null && value !== "";
};
