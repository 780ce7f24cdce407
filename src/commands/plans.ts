import { AicostCommand } from "../lib/command/base.js";
import { lookAtPlans, type Plans } from "../lib/plans/look.js";
import { plansText } from "../lib/render/plan-text.js";

export default class PlansCommand extends AicostCommand {
  static override summary = "show what your plans gave for their price, and what others would have cost";
  static override description =
    "The use of the last 90 days, from logs of coding agents, exports and keys, is compared with the plan that you pay, the other plans of its provider, and the API's list price. What is assumed, and what is not seen, stands below each. It suggests; nothing is changed.";
  static override examples = ["<%= config.bin %> <%= command.id %>"];

  async run(): Promise<Plans> {
    await this.parse(PlansCommand);
    const found = await lookAtPlans(await this.store());
    this.log(plansText(found, this.screen));
    return found;
  }
}
