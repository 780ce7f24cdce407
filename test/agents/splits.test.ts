import { appendFileSync, cpSync, existsSync, globSync, mkdirSync, readFileSync, statSync } from "node:fs";
