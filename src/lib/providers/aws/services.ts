/** Services that bill AI, as Amazon names them in its bills. */
const AI =
  /bedrock|sagemaker|amazon ?q\b|codewhisperer|\bkiro\b|comprehend|rekognition|textract|transcribe|\bpolly\b|amazon ?lex\b|kendra|healthscribe|\bnova act\b|augmented ai|anthropic|claude/i;

export const isAi = (text: string | null): boolean => text !== null && AI.test(text);

/** Types of usage that count tokens: models that are sold through the marketplace have no other name that says so. */
const TOKENS = /token_?count|(?:input|output|cache\w*)[-_]tokens?\b|_tokens_/i;

export const countsTokens = (usageType: string | null): boolean =>
  usageType !== null && TOKENS.test(usageType);
