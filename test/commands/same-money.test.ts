import { describe, expect, it } from "vitest";
import { fileIn, type Home, newHome } from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";
import { imported, reported } from "./answers.js";

/** Files of one day that show the same money or tokens, by their names. */
interface Views {
  what: string;
  files: Record<string, string>;
  totals: Record<string, unknown>;
}

const CUR =
  "line_item_usage_start_date,line_item_usage_end_date,line_item_usage_account_id,line_item_line_item_type,line_item_product_code,line_item_usage_type,line_item_usage_amount,pricing_unit,line_item_currency_code,line_item_unblended_cost";
const curRow = (account: string, hour: number, cost: string) =>
  `2026-11-02T0${hour}:00:00Z,2026-11-02T0${hour + 1}:00:00Z,${account},Usage,AmazonBedrock,InputTokenCount,${hour},1K tokens,USD,${cost}`;

const FIREWORKS = "account_id,date,group_by_dimension,group_by_value,subtotal_usd,currency";

const VIEWS: readonly Views[] = [
  {
    what: "the services of AWS by day and its usage by hour, of two accounts",
    files: {
      "explorer.csv":
        '"Service","Bedrock($)","EC2($)","Total costs($)"\n"Service total","10","5","15"\n"2026-11-02","10","5","15"\n',
      "cur.csv": [CUR, curRow("111", 1, "4"), curRow("111", 2, "3"), curRow("222", 1, "3"), ""].join("\n"),
    },
    totals: { cost_usd: "10", input_tokens: 4000 },
  },
  {
    what: "the costs of Fireworks by model and by user",
    files: {
      "models.csv": `${FIREWORKS}\na,2026-11-02,model,m-1,3,USD\na,2026-11-02,model,m-2,4,USD\n`,
      "users.csv": `${FIREWORKS}\na,2026-11-02,user,u-1,7,USD\n`,
    },
    totals: { cost_usd: "7" },
  },
  {
    what: "the calls of a LiteLLM proxy and its days by team",
    files: {
      "logs.csv":
        "request_id,call_type,spend,prompt_tokens,completion_tokens,startTime,model\nr-1,acompletion,1.5,10,2,2026-11-02 10:00:00,m\nr-2,acompletion,0.5,20,3,2026-11-02 11:00:00,m\n",
      "days.csv":
        "Date,Team,Team ID,Spend ($),Requests,Successful Requests,Failed Requests,Total Tokens,Prompt Tokens,Completion Tokens\n2026-11-02,A,t-1,2.0000,2,2,0,35,30,5\n",
    },
    totals: { cost_usd: "2", input_tokens: 30, output_tokens: 5, request_count: 2 },
  },
  {
    what: "the cost of DeepSeek, and its tokens",
    files: {
      "cost.csv": "user_id,utc_date,model,wallet_type,cost,currency\nu,20261102,m,Paid,2,USD\n",
      "amount.csv":
        "user_id,utc_date,model,api_key_name,api_key,type,price,amount\nu,20261102,m,k,sk,output_tokens,0.1,20\nu,20261102,m,k,sk,request_count,,4\n",
    },
    totals: { cost_usd: "2", output_tokens: 20, request_count: 4 },
  },
  {
    what: "a spend report of the month so far, and a later one",
    files: {
      "spend-report-org-2026-11-01-to-2026-11-06.csv":
        "email,model,product,total_requests,total_prompt_tokens,total_net_spend_usd\na@x.example,m,Chat,2,30,5\n",
      "spend-report-org-2026-11-01-to-2026-11-20.csv":
        "email,model,product,total_requests,total_prompt_tokens,total_net_spend_usd\na@x.example,m,Chat,3,50,8\nb@x.example,m,Chat,1,10,1\n",
    },
    totals: { cost_usd: "9", input_tokens: 60, request_count: 4 },
  },
  {
    what: "what Claude Code is estimated to have cost in a month, and the bill of some of its days",
    files: {
      "claude_code_team_2026_10_22.csv":
        'User,Spend this Month (USD),Lines this Month\n"a@x.example","1,204.31","48,210"\n"b@x.example","88.02","9,120"\n',
      "cost.csv":
        "usage_date_utc,model,workspace,api_key,usage_type,token_type,cost_usd\n2026-10-05,Claude Opus 5,Default,k,message,input_no_cache,900\n",
    },
    totals: { cost_usd: "900", estimated_usd: "0", hidden_estimate_usd: "1292.33" },
  },
  {
    what: "lists of a month by Claude Code, of an earlier and a later day",
    files: {
      "claude_code_team_2026_10_12.csv":
        "User,Spend this Month (USD),Lines this Month\na@x.example,100,2\nb@x.example,8,9\n",
      "claude_code_team_2026_10_22.csv":
        "User,Spend this Month (USD),Lines this Month\na@x.example,140,2\nb@x.example,8,9\n",
    },
    totals: { cost_usd: "148", estimated_usd: "148" },
  },
  {
    what: "premium requests of Copilot, call by call and on the bill",
    files: {
      "calls.csv":
        "Timestamp,User,Model,Requests Used,Exceeds Monthly Quota,Total Monthly Quota\n2025-07-02T10:00:00Z,u,m,1,true,300\n",
      "bill.csv":
        "date,username,product,sku,model,quantity,unit_type,applied_cost_per_quantity,gross_amount,discount_amount,net_amount\n2025-07-02,u,copilot,copilot_premium_request,m,1,requests,0.04,0.04,0,0.04\n",
    },
    totals: { cost_usd: "0.04", record_count: 1 },
  },
];

keepDatabasesOpen();

describe.each(VIEWS)("$what", ({ files, totals }) => {
  const inOrder = async (home: Home, names: readonly string[]) => {
    for (const name of names) await imported(home, fileIn(home, name, files[name] ?? ""));
    return (await reported(home)).totals;
  };

  it("count once, in either order", async () => {
    const names = Object.keys(files);
    expect(await inOrder(newHome(), names)).toMatchObject(totals);
    expect(await inOrder(newHome(), names.toReversed())).toMatchObject(totals);
  });
});
