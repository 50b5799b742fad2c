// What every weight type costs in quality, and whether llama.cpp reads the files and says the same. See benchmarks/README.md.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { getLlama } from "node-llama-cpp";
import { readTensors, widen } from "./widen.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const demo = join(root, "models/demo");
const TYPES = "f32,f16,bf16,q8_0,q6_k,q5_k,q5_1,q5_0,q4_k,q4_1,q4_0,q3_k,q2_k";
const HELP = `usage: node quality.mjs [--types LIST] [--tokens N] [--json FILE]

Quantises the demo model, in a copy with rows of 256 (see widen.mjs), to each type; measures perplexity and divergence
from the f32 original on its validation text with 'gemma perplexity'; and lets llama.cpp and gemma continue five prompts,
always with the likeliest token.

  --types LIST   (${TYPES})
  --tokens N     of each continuation (40)
  --json FILE    also write all figures as JSON

example: node quality.mjs --types q4_k,q4_0`;

const { values: options } = parseArgs({
    options: { types: { type: "string", default: TYPES }, tokens: { type: "string", default: "40" }, json: { type: "string" }, help: { type: "boolean", short: "h" } },
});
if (options.help) {
    console.log(HELP);
    process.exit(0);
}
if (!/^[1-9]\d{0,2}$/.test(options.tokens)) {
    console.error(`quality: --tokens takes a whole number from 1 to 999, not '${options.tokens}'.`);
    process.exit(2);
}

const tokens = Number(options.tokens);
const work = mkdtempSync(join(tmpdir(), "gemma-quality-"));
process.on("exit", () => rmSync(work, { recursive: true, force: true }));
execFileSync("dotnet", ["build", "-c", "Release", "src/Host", "-v", "q", "-nologo"], { cwd: root, stdio: ["ignore", 2, "inherit"] });
const gemma = (...args) => execFileSync("dotnet", [join(root, "artifacts/bin/Host/release/gemma.dll"), ...args], { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "pipe"] });
const original = join(work, "original");
widen(demo, original);
const prompts = JSON.parse(readFileSync(join(demo, "expected.json"), "utf8")).prompts.map((prompt) => prompt.ids);

const llama = await getLlama({ gpu: false, build: "never", logLevel: "error", maxThreads: 1 });
const results = [];
for (const type of options.types.split(",")) {
    const file = join(work, `${type}.gguf`);
    const { tensors } = JSON.parse(gemma("quantize", original, file, "--type", type, "--json"));
    const quality = JSON.parse(gemma("perplexity", "--text", join(demo, "validation.txt"), "--chunk", "256", "--threads", "1", "--model", file, "--baseline", original, "--json"));
    const weights = tensors.filter((tensor) => !tensor.name.includes("norm"));
    const result = {
        type, bytes: statSync(file).size, types: [...new Set(weights.map((tensor) => tensor.to))],
        relativeError: Math.max(...weights.map((tensor) => tensor.relativeError)), quality, texts: await compareTexts(file),
    };
    results.push(result);
    console.error(`${type}: done`);
    rmSync(file);
}
console.log(table());
if (options.json)
    writeFileSync(options.json, JSON.stringify({ date: new Date().toISOString(), tokens, results }, null, 2) + "\n");
process.exit(0);

/** For each prompt the number of equal tokens and, if that is not all, our margin between the two choices. */
async function compareTexts(file) {
    const model = await llama.loadModel({ modelPath: file });
    const context = await model.createContext({ contextSize: 512, threads: 1 });
    const texts = [];
    for (const prompt of prompts) {
        const sequence = context.getSequence();
        const theirs = [];
        for await (const token of sequence.evaluate(prompt, { temperature: 0, yieldEogToken: true }))
            if (theirs.push(token) === tokens)
                break;
        await sequence.dispose();
        const ours = [...new Int32Array(tensor(file, prompt, "greedy.ids", "--greedy", String(tokens)).buffer)];
        const equal = ours.findIndex((id, i) => id !== theirs[i]);
        if (equal < 0) {
            texts.push({ equal: tokens });
            continue;
        }
        const logits = tensor(file, [...prompt, ...ours.slice(0, equal)], "logits");
        const last = logits.subarray(logits.length - logits.length / (prompt.length + equal));
        texts.push({ equal, margin: last[ours[equal]] - last[theirs[equal]] });
    }
    await context.dispose();
    await model.dispose();
    return texts;
}

function tensor(file, ids, name, ...more) {
    const out = join(work, "logits.safetensors");
    gemma("logits", "--model", file, "--threads", "1", "--ids", ids.join(","), "--out", out, ...more);
    return readTensors(out).find((tensor) => tensor.name === name).values;
}

function table() {
    const percent = (value) => `${(100 * value).toFixed(2)} %`;
    const rows = [
        ["type", "size", "worst error", "perplexity", "mean KL", "99 %", "largest", "same top token", "llama.cpp: equal tokens", "margins where they part"],
        ["---", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---"],
        ...results.map(({ type, bytes, relativeError, quality: { perplexity, baseline }, texts }) => [
            type, `${(bytes / 1e6).toFixed(2)} MB`, relativeError.toExponential(1), perplexity.value.toFixed(3),
            `${baseline.meanDivergence.value.toExponential(2)} ± ${baseline.meanDivergence.standardError.toExponential(1)}`,
            baseline.divergence99.toExponential(1), baseline.largestDivergence.toExponential(1), percent(baseline.topAgreement.value),
            `${texts.reduce((sum, text) => sum + text.equal, 0)} of ${texts.length * tokens}`,
            texts.filter((text) => text.margin !== undefined).map((text) => text.margin.toFixed(3)).join(", "),
        ]),
    ];
    return rows.map((row) => `| ${row.join(" | ")} |`).join("\n");
}
