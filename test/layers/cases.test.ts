import { beforeEach, describe, expect, it } from "vitest";
import { keepDatabasesOpen } from "../support/open-database.js";
import { Person } from "./person.js";

keepDatabasesOpen();

let person: Person;
beforeEach(() => {
  person = new Person();
});

const OPENAI =
  "start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,quantity,quantity_unit,line_item," +
  "user_id,api_key_id,project_id,organization_id,project_name,organization_name,user_email,api_source";

/** One row of an OpenAI cost export, on a day of November 2026. */
const charge = (day: number, amount: number, item: string, project = ""): string => {
  const [from, to] = [day - 1, day].map((days) => 1793491200 + days * 86400);
  return `${from},${to},2026-11-0${day}T00:00:00,,${amount},usd,,,"${item}",,,${project},org-A,,,,`;
};

describe("whose money it is", () => {
  it("does not change when a file comes again, at whatever time", async () => {
    await person.imports("whose/y.csv", "whose/x.csv", "whose/z.csv", "whose/y.csv");
    expect(await person.cost()).toBe("57");
  });

  it("is asked about where a file that names nobody contradicts one that does", async () => {
    expect(await person.imports("whose/y.csv", "whose/z.csv")).toContain("--account");
    expect(await person.cost()).toBe("50");
  });

  it("is that of one account if nothing else is said: the fuller file counts", async () => {
    const said = await person.imports("two-organizations/org1.csv", "two-organizations/org2.csv");
    expect(said).toContain("--account");
    expect(await person.cost()).toBe("5");
  });

  it.each([
    ["first", ["two-organizations/org1.csv", "two-organizations/org2.csv --account second"]],
    ["last", ["two-organizations/org2.csv --account second", "two-organizations/org1.csv"]],
  ])("is told by --account, be the other file %s", async (_, lines) => {
    await person.imports(...lines);
    expect(await person.cost()).toBe("8");
  });
});

describe("a later download of the same days", () => {
  it("is the day if it holds as much, under other names of keys", async () => {
    await person.imports("renamed-key/k.csv", "renamed-key/renamed.csv");
    expect(await person.cost()).toBe("9");
  });

  it("keeps what it holds when the earlier one is undone", async () => {
    await person.imports("overlapping-months/oct.csv", "overlapping-months/nov.csv");
    await person.undoes("oct.csv");
    expect(await person.cost()).toBe("25");
  });

  it("gives back what it hid when it is undone", async () => {
    await person.imports("coarse-and-fine/coarse.csv", "coarse-and-fine/fine.csv");
    expect(await person.cost()).toBe("27");
    await person.undoes("coarse.csv");
    expect(await person.cost()).toBe("17");
  });

  it("does not hide a charge that it lacks, and says so with both ways out", async () => {
    const said = await person.imports("vanished-charge/v1.csv", "vanished-charge/v2.csv");
    expect(await person.cost()).toBe("105");
    expect(said).toMatch(/o9/);
    expect(said).toMatch(/\$100/);
    expect(said).toMatch(/--replace/);
  });

  it.each([
    ["at once", ["vanished-charge/v1.csv", "vanished-charge/v2.csv --replace"]],
    [
      "after it was in",
      ["vanished-charge/v1.csv", "vanished-charge/v2.csv", "vanished-charge/v2.csv --replace"],
    ],
  ])("counts with --replace, given %s, and not once it is undone", async (_, lines) => {
    await person.imports(...lines);
    expect(await person.cost()).toBe("5");
    await person.imports("vanished-charge/v1.csv");
    expect(await person.cost()).toBe("5");
    await person.undoes("v2.csv");
    expect(await person.cost()).toBe("105");
  });

  it("stands beside another project", async () => {
    await person.imports("two-projects/x.csv", "two-projects/y.csv");
    expect(await person.cost()).toBe("80");
  });

  it("does not hide a finer one that holds more, and says so", async () => {
    expect(await person.imports("less-later/v1.csv", "less-later/none.csv")).toContain("--replace");
    expect(await person.cost()).toBe("50");
  });

  it("counts with --replace where it is coarser, and holds less", async () => {
    await person.imports("less-later/v1.csv", "less-later/none.csv --replace");
    expect(await person.cost()).toBe("20");
  });

  it("counts whole when the two before it are undone", async () => {
    person.makes("one.csv", OPENAI, charge(1, 9, "gpt-5, input"));
    person.makes("two.csv", OPENAI, charge(1, 18, "gpt-5, input"), charge(2, 18, "gpt-5, input"));
    person.makes("three.csv", OPENAI, ...[1, 2, 3].map((day) => charge(day, 45, "gpt-5, input")));
    await person.imports("one.csv", "two.csv", "three.csv");
    await person.undoes("two.csv", "one.csv");
    expect(await person.cost()).toBe("135");
  });

  it.each([[["one.csv", "two.csv"]], [["two.csv", "one.csv"]]])(
    "counts a charge once that moved between projects: %j",
    async (names) => {
      person.makes("one.csv", OPENAI, charge(1, 50, "x", "proj_a"), charge(1, 50, "x", "proj_b"));
      person.makes("two.csv", OPENAI, charge(1, 60, "x", "proj_a"), charge(1, 40, "x", "proj_b"));
      await person.imports(...names);
      expect(await person.cost()).toBe("100");
    },
  );

  it.each([[["before.csv", "after.csv"]], [["after.csv", "before.csv"]]])(
    "counts a refund that came as a row: %j",
    async (names) => {
      person.makes("before.csv", OPENAI, charge(1, 105, "gpt-5, input"));
      person.makes("after.csv", OPENAI, charge(1, 105, "gpt-5, input"), charge(1, -50, "refund"));
      await person.imports(...names);
      expect(await person.cost()).toBe("55");
    },
  );

  it("does not lower a charge in silence, and does with --replace", async () => {
    person.makes("before.csv", OPENAI, charge(1, 10, "gpt-5, input"));
    person.makes("after.csv", OPENAI, charge(1, 7, "gpt-5, input"));
    expect(await person.imports("before.csv", "after.csv")).toContain("--replace");
    expect(await person.cost()).toBe("10");
    await person.imports("after.csv --replace");
    expect(await person.cost()).toBe("7");
  });

  it("adds the hours of a UTC day that a file by local months left out", async () => {
    const header =
      "Date,Kind,Model,Max Mode,Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,Total Tokens,Cost";
    const event = (moment: string, amount: number) =>
      `"${moment}","On-Demand","gpt-5","No","0","10","0","5","15","${amount}"`;
    person.makes(
      "october.csv",
      header,
      event("2026-10-31T08:00:00.000Z", 30),
      event("2026-10-31T22:59:59.000Z", 10),
    );
    person.makes(
      "november.csv",
      header,
      event("2026-10-31T23:00:00.000Z", 5),
      event("2026-11-02T10:00:00.000Z", 1),
    );
    await person.imports("october.csv", "november.csv");
    expect(await person.cost()).toBe("46");
    await person.undoes("november.csv");
    expect(await person.cost()).toBe("40");
  });

  it("saved by a spreadsheet is the same file", async () => {
    await person.imports("saved-by-excel/orig.csv", "saved-by-excel/excel.csv");
    expect(await person.totals()).toMatchObject({
      input_tokens: 48310,
      output_tokens: 9140,
      cache_read_tokens: 20480,
      request_count: 19,
    });
  });
});

describe("files of one's own, of plain dates", () => {
  it("restate a day by columns that are not mapped", async () => {
    await person.imports(
      "restated-day/noon.csv --map 'date=Date,model=Model,cost=Cost' --provider mistral --save-map oc",
      "restated-day/night.csv",
    );
    expect(await person.cost()).toBe("4");
  });

  it("count once under a better mapping", async () => {
    await person.imports(
      "better-mapping/a.csv --map 'date=Date,cost=Cost' --provider mistral",
      "better-mapping/b.csv --map 'date=Date,model=Model,cost=Cost' --provider mistral",
    );
    expect(await person.cost()).toBe("7");
  });

  it("may hold equal charges", async () => {
    const mapping = "--map 'date=Date,model=Item,cost=Cost' --provider mistral";
    await person.imports(`equal-rows/a.csv ${mapping}`, `equal-rows/b.csv ${mapping}`);
    expect(await person.totals()).toMatchObject({ cost_usd: "5.96", record_count: 4 });
  });

  describe("of one header that share no row on any day", () => {
    const mapping = "--map 'date=Date,cost=Amount' --provider mistral";
    const rows = (card: string, amount: number, ...days: number[]) =>
      days.map((day) => `2026-11-0${day},${card},${amount}`);
    beforeEach(() => {
      person.makes("a.csv", "Date,Card,Amount", ...rows("a", 5, 1, 2));
      person.makes("b.csv", "Date,Card,Amount", ...rows("b", 3, 2, 3));
      person.makes("longer.csv", "Date,Card,Amount", ...rows("a", 5, 1, 2, 3));
      person.makes("both.csv", "Date,Card,Amount", ...rows("a", 5, 1, 2, 3), ...rows("b", 3, 2, 3));
    });

    it("are of two sources: both count, and that is said", async () => {
      const said = await person.imports(`a.csv ${mapping}`, `b.csv ${mapping}`);
      expect(said).toContain("no row of it is in a.csv, which has the same days: all count");
      expect(await person.cost()).toBe("16");
    });

    it("are told apart from newer downloads of one of them", async () => {
      await person.imports(`a.csv ${mapping}`, `b.csv ${mapping}`);
      expect(await person.imports(`longer.csv ${mapping}`)).not.toContain("no row of it");
      expect(await person.cost()).toBe("21");
    });

    it("are of one source if a third one has rows of both", async () => {
      await person.imports(`a.csv ${mapping}`, `b.csv ${mapping}`, `both.csv ${mapping}`);
      expect(await person.cost()).toBe("21");
      await person.undoes("both.csv");
      expect(await person.cost()).toBe("16");
    });

    it("leave an edit waiting whose row does not count", async () => {
      await person.imports(`a.csv ${mapping}`);
      const records = await person.types("records --range all --json");
      const [{ id }] = (JSON.parse(records) as { records: { id: string }[] }).records as [{ id: string }];
      await person.types(`records edit ${id} --cost 4`);
      expect(await person.imports(`b.csv ${mapping} --replace`)).toContain(
        "1 edit by hand waits: no file that counts now has its row",
      );
      await person.undoes("b.csv");
      expect(await person.cost()).toBe("9");
    });

    it("count one for the other if the user says so", async () => {
      await person.imports(`a.csv ${mapping}`, `b.csv ${mapping} --replace`);
      expect(await person.cost()).toBe("11");
    });
  });

  it("count a row near midnight once, in the zone of the first file", async () => {
    const mapping = (date: string) => `--map '${date}=When,cost=Amt,model=Model' --provider mistral`;
    person.makes("first.csv", "When,Amt,Model", "2026-11-01 00:30,3,m");
    person.makes("again.csv", "When,Amt,Model", "2026-11-01 00:30,3,m", "2026-11-02 10:00,4,m");
    await person.types("prefs set timezone Europe/Berlin");
    await person.imports(`first.csv ${mapping("date")}`);
    await person.types("prefs set timezone UTC");
    expect(await person.imports(`again.csv ${mapping("date")}`)).toContain("times in Europe/Berlin");
    expect(await person.cost()).toBe("7");
    await expect(person.imports(`again.csv ${mapping("date:UTC")}`)).rejects.toThrow(
      "would be read in UTC, but those of earlier files of its columns were read in Europe/Berlin",
    );
  });

  it("count a row once, whatever the time zone was", async () => {
    const mapped = (date: string) => `--map 'date=${date},cost=Amt,model=Model' --provider mistral`;
    await person.imports(`time-zones/m.csv ${mapped("Day")}`);
    await person.types("prefs set timezone Europe/Berlin");
    await person.imports(`time-zones/e.csv ${mapped("When")}`);
    await person.types("prefs set timezone UTC");
    await person.imports(`time-zones/e2.csv ${mapped("When")}`);
    expect(await person.cost()).toBe("16");
  });
});
