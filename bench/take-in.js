/** Takes a prepared import in, as the program does. @returns how many rows count now */
export const takeIn = async (call, { head, sheets, batches }) => {
  const { id, wanted } = await call("begin_import", { import: head, sheets });
  for (const batch of batches) {
    const ids = batch.sheets.map((number) => wanted[number]);
    await call("add_rows", { import_id: id, sheets: ids, rows: batch.rows });
  }
  let progress = await call("finish_import", { import_id: id });
  while (progress.remaining > 0) progress = await call("settle_days", { import_id: id });
  return progress.import.inserted;
};
