// Loaded into the program by scripts/demo.js: its clock starts at DEMO_NOW.
"use strict";

const RealDate = Date;
const offset = RealDate.parse(process.env.DEMO_NOW) - RealDate.now();

globalThis.Date = class Date extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(Date.now());
    else super(...given);
  }

  static now() {
    return RealDate.now() + offset;
  }
};
