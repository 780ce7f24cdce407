import { describe, expect, it } from "vitest";
import { openCsv } from "../../src/lib/csv/open.js";
import { formats } from "../../src/lib/providers/index.js";
import { fileOf } from "../csv/tables.js";

const TIMES = "start_time,end_time,start_time_iso,end_time_iso";
const OPENAI_COST = `${TIMES},amount_value,amount_currency`;
const OPENAI_USAGE = `${TIMES},project_id,num_model_requests,user_id,api_key_id,model,batch,service_tier`;
const OPENAI_INPUTS =
  "input_uncached_tokens,input_text_tokens,output_text_tokens,input_cached_text_tokens,input_audio_tokens,input_cached_audio_tokens,output_audio_tokens,input_image_tokens,input_cached_image_tokens,output_image_tokens";
const ANTHROPIC_COST = "usage_date_utc,model,workspace,api_key,usage_type";
const CURSOR = "Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,Total Tokens";
const SPEND_REPORT =
  "account_uuid,product,model,model_family,total_requests,total_prompt_tokens,total_completion_tokens,total_net_spend_usd,total_gross_spend_usd";
const GITHUB = "quantity,unit_type,applied_cost_per_quantity,gross_amount,discount_amount,net_amount";
const OPENROUTER =
  "generation_id,created_at,cost_total,cost_web_search,cost_cache,cost_file_processing,byok_usage_inference,tokens_prompt,tokens_completion,tokens_reasoning,tokens_cached,model_permaslug,provider_name,variant,cancelled,streamed,user,finish_reason_raw,finish_reason_normalized,generation_time_ms,time_to_first_token_ms";
const LITELLM =
  "Spend ($),Requests,Successful Requests,Failed Requests,Total Tokens,Prompt Tokens,Completion Tokens";
const POLLINATIONS = "timestamp,type,model,api_key,api_key_type,meter_source";

/** The header of each generation of each export, and the format that it is of. */
const HEADERS: readonly (readonly [format: string, header: string])[] = [
  [
    "openai-usage",
    `${OPENAI_USAGE},compute_units,input_tokens,output_tokens,input_cached_tokens,input_cache_write_tokens,${OPENAI_INPUTS}`,
  ],
  ["openai-usage", `${OPENAI_USAGE},input_tokens,output_tokens,input_cached_tokens,${OPENAI_INPUTS}`],
  [
    "openai-cost",
    `${OPENAI_COST},quantity,quantity_unit,line_item,user_id,api_key_id,project_id,organization_id,project_name,organization_name,user_email,api_source`,
  ],
  ["openai-cost", `${OPENAI_COST},line_item,project_id,organization_id,organization_name`],
  ["openai-empty", TIMES],
  [
    "openai-legacy-activity",
    "organization_id,n_requests,operation,n_context_tokens_total,n_generated_tokens_total,usage_type,model,timestamp,user",
  ],
  [
    "openai-legacy-cost",
    "timestamp,currency,name,cost,organization_id,project_id,project_name,organization_name,cost_in_major,date",
  ],
  [
    "anthropic-cost",
    `${ANTHROPIC_COST},context_window,token_type,cost_usd,list_price_usd,cost_type,inference_geo,speed,api_key_id,api_key_status`,
  ],
  [
    "anthropic-cost",
    `${ANTHROPIC_COST},context_window,token_type,cost_usd,list_price_usd,cost_type,inference_geo,speed`,
  ],
  ["anthropic-cost", `${ANTHROPIC_COST},context_window,token_type,cost_usd,cost_type,inference_geo,speed`],
  ["anthropic-cost", `${ANTHROPIC_COST},context_window,token_type,cost_usd,cost_type`],
  ["anthropic-cost", `${ANTHROPIC_COST},token_type,cost_usd`],
  [
    "anthropic-usage",
    "usage_date_utc,model_version,api_key,workspace,usage_type,context_window,usage_input_tokens_no_cache,usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,usage_output_tokens,web_search_count,inference_geo,speed",
  ],
  [
    "anthropic-usage",
    "usage_date_utc,model_version,api_key,workspace,usage_type,usage_input_tokens_no_cache,usage_input_tokens_cache_write,usage_input_tokens_cache_read,usage_output_tokens,web_search_count",
  ],
  ["claude-spend-report", `email,${SPEND_REPORT}`],
  ["claude-spend-report", `user_email,${SPEND_REPORT}`],
  ["claude-code-team", "User,Spend this Month (USD),Lines this Month"],
  ["openrouter-activity", `${OPENROUTER},app_name,api_key_name,api_key_disabled`],
  ["openrouter-activity", `${OPENROUTER},api_key_disabled,api_key_name,app_name`],
  [
    "openrouter-activity-daily",
    "Date,Slug,Usage,BYOK Usage,Requests,Prompt Tokens,Completion Tokens,Reasoning Tokens",
  ],
  ["cursor-usage-events", `Date,User,Cloud Agent ID,Automation ID,Kind,Model,Max Mode,${CURSOR},Cost`],
  ["cursor-usage-events", `Date,Cloud Agent ID,Automation ID,Kind,Model,Max Mode,${CURSOR},Cost`],
  ["cursor-usage-events", `Date,Cloud Agent ID,Automation ID,Kind,Model,Max Mode,${CURSOR},Requests`],
  ["cursor-usage-events", `Date,User,Kind,Model,Max Mode,${CURSOR},Requests`],
  ["cursor-usage-events", `Date,Kind,Model,Max Mode,${CURSOR},Cost`],
  ["cursor-usage-events", `Date,Model,${CURSOR},Cost,Cost to you`],
  ["cursor-usage-events", `Date,User,Kind,Model,${CURSOR.replace("Output Tokens", "Output")},Cost ($)`],
  ["cursor-usage-events-2025", "Date,User,Kind,Max Mode,Model,Tokens,Cost ($)"],
  [
    "litellm-spend-logs",
    "request_id,call_type,api_key,spend,total_tokens,prompt_tokens,completion_tokens,startTime,endTime,request_duration_ms,completionStartTime,model,model_id,model_group,custom_llm_provider,api_base,user,metadata,cache_hit,cache_key,request_tags,team_id,organization_id,end_user,requester_ip_address,messages,response,session_id,status,mcp_namespaced_tool_name,agent_id,proxy_server_request",
  ],
  ["litellm-daily-export", `Date,Team,Team ID,${LITELLM}`],
  ["litellm-daily-export", `Date,Tag,${LITELLM}`],
  ["litellm-daily-export", `Date,Organization,Organization ID,${LITELLM}`],
  ["litellm-daily-export", `Date,Customer,Customer ID,${LITELLM}`],
  [
    "copilot-usage-report",
    `date,product,sku,${GITHUB},username,organization,repository,cost_center_name,model,input,output,cache_read,cache_write,total_monthly_quota`,
  ],
  [
    "copilot-usage-report",
    `date,username,product,sku,model,${GITHUB},total_monthly_quota,organization,cost_center_name,aic_quantity,aic_gross_amount`,
  ],
  [
    "copilot-usage-report",
    `date,username,product,sku,model,${GITHUB},exceeds_quota,total_monthly_quota,organization,cost_center_name,aic_quantity,aic_gross_amount`,
  ],
  [
    "copilot-usage-report",
    `date,username,product,sku,model,${GITHUB},exceeds_quota,total_monthly_quota,organization,cost_center_name`,
  ],
  [
    "copilot-usage-report",
    `date,product,sku,${GITHUB},username,organization,repository,workflow_path,cost_center_name`,
  ],
  [
    "copilot-premium-requests-2025-06",
    "Timestamp,User,Model,Requests Used,Exceeds Monthly Quota,Total Monthly Quota",
  ],
  [
    "google-cloud-cost-table",
    "Billing account name,Billing account ID,Project name,Project ID,Project hierarchy,Service description,Service ID,SKU description,SKU ID,Consumption model description,Credit type,Cost type,Usage start date,Usage end date,Usage amount,Usage unit,Unrounded Cost ($),Cost ($)",
  ],
  [
    "google-cloud-cost-table",
    "Billing account name,Billing account ID,Project name,Project ID,Project hierarchy,Service description,Service ID,SKU description,SKU ID,Credit type,Cost type,Usage start date,Usage end date,Usage amount,Usage unit,Unrounded cost (€),Cost (€)",
  ],
  [
    "google-cloud-reports",
    "Date,Service description,Service ID,SKU description,SKU ID,Usage amount,Usage unit,List cost ($),Negotiated savings ($),Savings programs ($),Other savings ($),Unrounded subtotal ($),Subtotal ($)",
  ],
  [
    "google-cloud-reports",
    "Month,Project name,Project ID,Service description,Service ID,SKU description,SKU ID,Usage amount,Usage unit,List cost (£),Negotiated savings (£),Savings programmes (£),Other savings (£),Unrounded subtotal (£),Subtotal (£)",
  ],
  ["aws-cost-explorer", "Service,Bedrock($),EC2-Instances($),Total costs($)"],
  ["aws-cost-explorer", "Usage type,USE1-InputTokenCount($),Total costs($)"],
  [
    "aws-cost-and-usage",
    "identity_line_item_id,bill_billing_period_start_date,line_item_usage_start_date,line_item_usage_end_date,line_item_usage_account_id,line_item_line_item_type,line_item_product_code,line_item_usage_type,line_item_operation,line_item_line_item_description,line_item_usage_amount,pricing_unit,line_item_currency_code,line_item_unblended_cost,line_item_net_unblended_cost,product,resource_tags,savings_plan_offering_type",
  ],
  [
    "aws-cost-and-usage",
    "identity/LineItemId,identity/TimeInterval,bill/InvoiceId,bill/PayerAccountId,lineItem/UsageAccountId,lineItem/LineItemType,lineItem/UsageStartDate,lineItem/UsageEndDate,lineItem/ProductCode,lineItem/UsageType,lineItem/Operation,lineItem/UsageAmount,lineItem/CurrencyCode,lineItem/UnblendedRate,lineItem/UnblendedCost,lineItem/LineItemDescription,product/ProductName,product/vcpu,pricing/unit,reservation/ReservationARN,resourceTags/user:team",
  ],
  ["azure-cost-details", "UsageDate,MeterCategory,MeterSubCategory,MeterName,Cost,CostUSD,Currency"],
  [
    "azure-cost-details",
    "date,meterCategory,meterSubCategory,meterName,quantity,unitOfMeasure,costInBillingCurrency,billingCurrency",
  ],
  ["deepseek-usage", "user_id,start_time_iso,end_time_iso,model,api_key_name,api_key,type,price,amount"],
  ["deepseek-usage", "user_id,utc_date,model,api_key_name,api_key,type,price,amount"],
  ["deepseek-cost", "user_id,start_time_iso,end_time_iso,model,wallet_type,cost,currency"],
  ["deepseek-cost", "user_id,utc_date,model,wallet_type,cost,currency"],
  ["deepseek-cost", "user_id,utc_date,model,cost,currency"],
  [
    "fireworks-billing-metrics",
    "email,start_time,end_time,usage_type,accelerator_type,accelerator_seconds,base_model_name,model_bucket,parameter_count,prompt_tokens,completion_tokens",
  ],
  ["fireworks-usage-costs", "account_id,date,group_by_dimension,group_by_value,subtotal_usd,currency"],
  [
    "langfuse-observations",
    "id,trace_id,project_id,environment,type,parent_observation_id,start_time,end_time,name,metadata,level,status_message,version,input,output,provided_model_name,model_parameters,usage_details,cost_details,completion_start_time,prompt_name,prompt_version,total_cost,latency,time_to_first_token,model_id,created_at,updated_at,input_price,output_price,total_price",
  ],
  [
    "pollinations-usage",
    `${POLLINATIONS},input_text_tokens,input_cached_tokens,input_audio_tokens,input_audio_seconds,input_image_tokens,output_text_tokens,output_reasoning_tokens,output_audio_tokens,output_audio_seconds,output_image_tokens,output_video_seconds,cost_usd,response_time_ms`,
  ],
  [
    "pollinations-usage",
    `${POLLINATIONS},input_text_tokens,input_cached_tokens,input_audio_tokens,input_image_tokens,output_text_tokens,output_reasoning_tokens,output_audio_tokens,output_image_tokens,cost_usd,response_time_ms`,
  ],
];

const PERIOD = {
  timestamp: "2026-10-01T00:00:00Z",
  granularity: "month",
  until: "2026-10-31",
  written: "2026-10",
} as const;

const opened = (header: string) =>
  openCsv({ path: fileOf(`${header}\n`), name: "download.csv" }, { formats, period: PERIOD });

describe("each generation of each export", () => {
  it.each(HEADERS)("is known as %s by its columns, and all of them are known: %s", async (format, header) => {
    const file = await opened(header);
    expect([file.format.id, file.ignoredColumns]).toEqual([format, []]);
  });

  it.each(HEADERS)("is known as %s in capitals, in another order", async (format, header) => {
    const columns = header.split(",");
    // The first column of a Cost Explorer file is known by its place if it has another name.
    expect((await opened(columns.toReversed().join(",").toUpperCase())).format.id).toBe(format);
  });

  it("covers every format but FOCUS, whose samples have the columns of each version, and ccusage, which has none", () => {
    const known = new Set(HEADERS.map(([format]) => format));
    expect(formats.map(({ id }) => id).filter((id) => !known.has(id))).toEqual(["ccusage-daily", "focus"]);
  });
});
