import { type Decimal, decimal } from "../money.js";

const DECIMALS = 10;
const ONE = 10 ** DECIMALS;

/** Sums so many amounts in an instant, exactly: a record's amounts have ten decimals at most, and are below 1e8. */
export class DollarSum {
  /** Whole dollars, and ten-billionths of one: both stay far below what a number holds exactly. */
  #dollars = 0;
  #parts = 0;

  /** @param amount of a record, and not negative */
  add(amount: string): void {
    const point = amount.indexOf(".");
    if (point === -1) {
      this.#dollars += Number(amount);
      return;
    }
    this.#dollars += Number(amount.slice(0, point));
    this.#parts += Number(amount.slice(point + 1).padEnd(DECIMALS, "0"));
    if (this.#parts < ONE) return;
    this.#parts -= ONE;
    this.#dollars++;
  }

  get total(): Decimal {
    return decimal(`${this.#dollars}.${String(this.#parts).padStart(DECIMALS, "0")}`);
  }
}
