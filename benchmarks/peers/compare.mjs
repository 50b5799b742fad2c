// Measures llama.cpp (prebuilt, through node-llama-cpp) and `gemma bench` side by side on the same GGUF files and
// prints both with their ratios. The engines take turns, measurement by measurement. See benchmarks/README.md.
import { execFileSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Gemma } from "./gemma.mjs";
import { LlamaCpp } from "./llama-cpp.mjs";
import { figures, table } from "./report.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const HELP = `usage: node compare.mjs (--gguf FILE … | --model DIR --types LIST) [options]

  --gguf FILE        a GGUF file to compare on; may be repeated
  --model DIR        a model folder or file; its GGUF files are made with 'gemma quantize' where they do not exist
  --types LIST       types of those files (bf16,q8_0,q4_0)
  --work DIR         where they are made and kept (${join(tmpdir(), "gemma-peers")})
  --prompts LIST     prompt lengths of prefill (128,512)
  --contexts LIST    tokens in the cache when decoding starts (128,2048); '' for none
  --tokens N         tokens of each decode measurement (16)
  --repetitions N    turns of each engine; medians count (3)
  --threads N        threads of both engines (one for each core)
  --flash MODE       llama.cpp's flash attention: auto, on or off (auto)
  --cache TYPE       type of our keys and values (gemma's default; llama.cpp has f16)
  --only ENGINE      'llama.cpp' or 'gemma' alone
  --no-build         take gemma as it was built last
  --json FILE        also write all figures as JSON ('-': to standard output, in place of the table)

example: node compare.mjs --model /tmp/random-2b --types q8_0,q4_0 --contexts 128 --json result.json`;

const options = readOptions();
if (options === null) {
    console.log(HELP);
    process.exit(0);
}
process.exit(await main(options));

function readOptions() {
    const text = (name, value) => ({ [name]: { type: "string", default: value } });
    let values;
    try {
        ({ values } = parseArgs({
            options: {
                gguf: { type: "string", multiple: true, default: [] }, model: { type: "string" }, help: { type: "boolean", short: "h" },
                "no-build": { type: "boolean", default: false },
                ...text("types", "bf16,q8_0,q4_0"), ...text("work", join(tmpdir(), "gemma-peers")), ...text("prompts", "128,512"),
                ...text("contexts", "128,2048"), ...text("tokens", "16"), ...text("repetitions", "3"),
                ...text("threads", String(availableParallelism())), ...text("flash", "auto"), cache: { type: "string" }, only: { type: "string" }, json: { type: "string" },
            },
        }));
    } catch (error) {
        fail(error.message);
    }
    if (values.help)
        return null;
    const number = (name, word) => /^[1-9]\d{0,6}$/.test(word) ? Number(word) : fail(`--${name} takes whole numbers from 1, not '${word}'.`);
    const list = (name) => values[name].split(",").filter(Boolean).map((word) => number(name, word.trim()));
    const flash = new Map([["auto", "auto"], ["on", true], ["off", false]]).get(values.flash) ?? fail(`--flash takes auto, on or off, not '${values.flash}'.`);
    if (values.only !== undefined && !["llama.cpp", "gemma"].includes(values.only))
        fail(`--only takes llama.cpp or gemma, not '${values.only}'.`);
    if (values.gguf.length === 0 && !values.model)
        fail("Which model? --gguf FILE, or --model DIR; `gemma synth` writes one of any size.");
    for (const path of [...values.gguf, ...(values.model ? [values.model] : [])])
        if (!existsSync(path))
            fail(`There is no ${path}.`);
    const parsed = {
        ...values, flash, prompts: list("prompts"), contexts: list("contexts"), tokens: number("tokens", values.tokens),
        repetitions: number("repetitions", values.repetitions), threads: number("threads", values.threads),
    };
    if (parsed.prompts.length + parsed.contexts.length === 0)
        fail("Neither --prompts nor --contexts names a length; there is nothing to measure.");
    return parsed;
}

function fail(message) {
    console.error(`compare: ${message}\nSee 'node compare.mjs --help'.`);
    process.exit(2);
}

async function main(options) {
    const say = (text) => console.error(text);
    if (!options["no-build"])
        execFileSync("dotnet", ["build", "-c", "Release", "src/Host", "-v", "q", "-nologo"], { cwd: root, stdio: ["ignore", 2, "inherit"] });
    const dll = join(root, "artifacts/bin/Host/release/gemma.dll");
    const results = [];
    for (const file of [...options.gguf, ...makeFiles(options, dll, say)])
        results.push(await compare(file, options, dll, say));
    const document = {
        date: new Date().toISOString(), node: process.version, options: { ...options, gguf: undefined, json: undefined }, results,
    };
    if (options.json === "-")
        console.log(JSON.stringify(document, null, 2));
    else
        console.log(table(document));
    if (options.json && options.json !== "-")
        writeFileSync(options.json, JSON.stringify(document, null, 2) + "\n");
    return 0;
}

/** GGUF files of the model, one for each type; those that exist are taken as they are. */
function makeFiles(options, dll, say) {
    if (!options.model)
        return [];
    mkdirSync(options.work, { recursive: true });
    const name = basename(resolve(options.model)).replace(/\.gguf$/, "");
    return options.types.split(",").map((type) => {
        const file = join(options.work, `${name}-${type}.gguf`);
        if (!existsSync(file)) {
            say(`Writing ${file}`);
            execFileSync("dotnet", [dll, "quantize", options.model, file, "--type", type], { stdio: ["ignore", "ignore", "inherit"] });
        }
        return file;
    });
}

// node-llama-cpp ends the whole process when it meets a file without tokens; better to say why.
function requireVocabulary(file) {
    const start = Buffer.alloc(1 << 20), handle = openSync(file);
    readSync(handle, start, 0, start.length, 0);
    closeSync(handle);
    if (!start.includes("tokenizer.ggml.tokens"))
        fail(`${file} has no vocabulary, without which llama.cpp does not load it; make the model with 'gemma synth --tokenizer FILE'.`);
}

async function compare(file, options, dll, say) {
    if (options.only !== "gemma")
        requireVocabulary(file);
    const { threads, tokens, repetitions } = options;
    const contextLength = Math.max(...options.prompts, ...options.contexts.map((context) => context + tokens + 1), 64);
    say(`${file}: loading`);
    const engines = {};
    if (options.only !== "gemma")
        engines.peer = await LlamaCpp.load(resolve(file), { threads, contextLength, flashAttention: options.flash });
    if (options.only !== "llama.cpp")
        engines.ours = await Gemma.load(dll, resolve(file), { threads, contextLength, cache: options.cache });
    // The first run compiles kernels and pulls the weights from disk.
    for (const engine of Object.values(engines)) {
        await engine.prefill(Math.min(32, contextLength));
        await engine.decode(33, 4);
    }

    const memory = [];
    const turns = async (label, measure) => {
        const seconds = { peer: [], ours: [] };
        for (let turn = 0; turn < repetitions; turn++) {
            // Who goes first changes, so that a drift of the machine favours neither.
            const order = Object.keys(engines);
            for (const name of turn % 2 === 0 ? order : order.toReversed()) {
                await setTimeout(300); // the other one's threads go to sleep
                seconds[name].push(await measure(engines[name]));
            }
            memory.push(...(engines.ours ? [await engines.ours.memory()] : []));
            say(`${basename(file)}: ${label}, turn ${turn + 1} of ${repetitions}`);
        }
        return { seconds, memoryBytesPerSecond: memory.slice(-repetitions) };
    };
    const prefill = [], decode = [];
    for (const length of options.prompts)
        prefill.push(figures({ promptTokens: length }, length, await turns(`prefill of ${length}`, (engine) => engine.prefill(length)), {}));
    for (const context of [...options.contexts].sort((a, b) => a - b)) {
        const measured = await turns(`decode after ${context}`, (engine) => engine.decode(context, tokens));
        decode.push(figures({ context, tokens }, tokens, measured, { bytesPerToken: engines.ours?.hello.bytesPerToken }));
    }

    const described = engines.peer?.describe();
    await engines.peer?.dispose();
    const peakResidentBytes = await engines.ours?.dispose();
    return {
        file: basename(file), bytes: statSync(file).size, prefill, decode,
        llamaCpp: described, gemma: engines.ours && { ...engines.ours.hello, peakResidentBytes },
    };
}
