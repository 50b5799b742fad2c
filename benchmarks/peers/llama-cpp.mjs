// Measures llama.cpp (prebuilt, through node-llama-cpp) and `gemma bench` on the same weights, one after the other,
// and prints both with the ratio. Usage: see benchmarks/README.md.
import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { getLlama } from "node-llama-cpp";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const { values: options } = parseArgs({
    options: {
        model: { type: "string" },                                  // folder of a Gemma 2, e.g. from `gemma synth`
        "prompt-tokens": { type: "string", default: "128" },
        tokens: { type: "string", default: "32" },
        repetitions: { type: "string", default: "3" },
        threads: { type: "string", default: String(availableParallelism()) },
        gguf: { type: "string" },                                   // a copy made before; kept
        "peer-only": { type: "boolean", default: false },
    },
});
if (!options.model) {
    console.error("Which model? --model DIR, a Gemma 2 folder; `gemma synth` writes one of any size.");
    process.exit(2);
}
const promptTokens = Number(options["prompt-tokens"]);
const decodeTokens = Number(options.tokens);
const repetitions = Number(options.repetitions);
const threads = Number(options.threads);
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const dotnet = (...args) => execFileSync("dotnet", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

async function measurePeer(gguf) {
    const llama = await getLlama({ gpu: false, build: "never", logLevel: "error", maxThreads: threads });
    const model = await llama.loadModel({ modelPath: gguf });
    const context = await model.createContext({ contextSize: promptTokens + decodeTokens + 8, threads, batchSize: 512 });
    const sequence = context.getSequence();
    const prompt = Array.from({ length: promptTokens }, (_, i) => (i === 0 ? 2 : 300 + (i * 7919) % 3000));
    const runs = [];
    // One run to warm up, then the measured ones.
    for (let run = 0; run <= repetitions; run++) {
        await sequence.clearHistory();
        const start = performance.now();
        let first = 0, last = 0, count = 0;
        for await (const _ of sequence.evaluate(prompt, { temperature: 0, yieldEogToken: true })) {
            last = performance.now();
            first ||= last;
            if (++count === decodeTokens + 1)
                break;
        }
        if (count !== decodeTokens + 1)
            throw new Error(`llama.cpp stopped after ${count} tokens.`);
        if (run > 0)
            runs.push({ prefill: promptTokens / (first - start) * 1000, decode: decodeTokens / (last - first) * 1000 });
    }
    await context.dispose();
    await model.dispose();
    return { prefill: median(runs.map((r) => r.prefill)), decode: median(runs.map((r) => r.decode)) };
}

function measureOurs() {
    const report = JSON.parse(dotnet("run", "-c", "Release", "--project", "src/Host", "--", "bench", "--json", "--model", resolve(options.model),
        "--prompt-tokens", String(promptTokens), "--tokens", String(decodeTokens), "--repetitions", String(repetitions),
        "--threads", String(threads), "--context", String(promptTokens + decodeTokens + 8)));
    return { prefill: report.prefillTokensPerSecond, decode: report.decodeTokensPerSecond, memory: report.memoryGigabytesPerSecond, report };
}

const gguf = options.gguf ?? join(tmpdir(), `gemma-ilgpu-peer-${process.pid}.gguf`);
const ownCopy = !existsSync(gguf);
try {
    if (ownCopy)
        dotnet("run", "-c", "Release", "--project", "benchmarks/PeerModel", "--", resolve(options.model), gguf);
    const peer = await measurePeer(gguf);
    console.log(`llama.cpp   prefill ${peer.prefill.toFixed(2)}  decode ${peer.decode.toFixed(2)} tokens/s`);
    if (!options["peer-only"]) {
        const ours = measureOurs();
        console.log(`gemma       prefill ${ours.prefill.toFixed(2)}  decode ${ours.decode.toFixed(2)} tokens/s (memory reads ${ours.memory.toFixed(1)} GB/s)`);
        console.log(`ratio       prefill ${(ours.prefill / peer.prefill).toFixed(2)}  decode ${(ours.decode / peer.decode).toFixed(2)}`);
    }
} finally {
    if (ownCopy && !options.gguf)
        rmSync(gguf, { force: true });
}
process.exit(0);
