// One model in llama.cpp (the prebuilt binary of node-llama-cpp), measured step by step.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { getLlama } from "node-llama-cpp";

// What llama.cpp says while loading that tells which code it runs.
const TELLING = /^(?!llama_graph).*(load_backend|model buffer size|Flash Attention|KV buffer|repack tensor)/i;

let llama, notes = [];

export class LlamaCpp {
    static async load(file, { threads, contextLength, flashAttention = "auto" }) {
        const peer = new LlamaCpp();
        // One instance for all files: only the first gets the logger.
        llama ??= await getLlama({
            gpu: false, build: "never", maxThreads: threads, logLevel: "debug",
            logger: (_, text) => text.split("\n").filter((line) => TELLING.test(line)).forEach((line) => notes.push(line.trim().replace(/tensor \S+/, "tensors"))),
        });
        peer.llama = llama;
        notes = [...notes.filter((note) => note.startsWith("load_backend"))];
        peer.model = await peer.llama.loadModel({ modelPath: file, ignoreMemorySafetyChecks: true });
        peer.context = await peer.model.createContext({
            contextSize: contextLength, batchSize: 512, threads: { ideal: threads, min: threads }, flashAttention, ignoreMemorySafetyChecks: true,
        });
        // Copies of the cache that the package would keep of a model with a sliding window are not part of the work.
        peer.sequence = peer.context.getSequence({ checkpoints: { max: 0, interval: false } });
        // Any ids cost the same time.
        peer.tokens = Array.from({ length: contextLength }, (_, i) => (i === 0 ? 2 : 300 + (i * 7919) % 3000));
        return peer;
    }

    /** Seconds from an empty cache to the first token after a prompt of this length. */
    async prefill(length) {
        await this.sequence.clearHistory();
        return this.#timeTokens(this.tokens.slice(0, length), 1);
    }

    /** Seconds for so many tokens, one after the other, when the cache holds `context` tokens before the first. */
    async decode(context, count) {
        if (this.sequence.nextTokenIndex > context)
            await this.sequence.eraseContextTokenRanges([{ start: context, end: this.sequence.nextTokenIndex }]);
        const held = this.sequence.nextTokenIndex;
        if (held < context)
            await this.sequence.evaluateWithoutGeneratingNewTokens(this.tokens.slice(held, context));
        if (this.sequence.nextTokenIndex !== context)
            throw new Error(`llama.cpp holds ${this.sequence.nextTokenIndex} tokens instead of ${context}.`);
        return this.#timeTokens([this.tokens[context]], count);
    }

    async #timeTokens(input, count) {
        const start = performance.now();
        let last = 0, seen = 0;
        for await (const _ of this.sequence.evaluate(input, { temperature: 0, yieldEogToken: true })) {
            last = performance.now();
            if (++seen === count)
                break;
        }
        if (seen !== count)
            throw new Error(`llama.cpp stopped after ${seen} of ${count} tokens.`);
        return (last - start) / 1000;
    }

    /** What it is and which code it runs. */
    describe() {
        // The package's entry point is dist/index.js; its package.json is not among its exports.
        const entry = createRequire(import.meta.url).resolve("node-llama-cpp");
        const version = JSON.parse(readFileSync(join(dirname(entry), "..", "package.json"), "utf8")).version;
        return {
            nodeLlamaCpp: version,
            release: this.llama.llamaCppRelease?.release,
            systemInfo: this.llama.systemInfo.trim(),
            threads: this.context.currentThreads,
            notes: [...new Set(notes)],
        };
    }

    async dispose() {
        await this.context.dispose();
        await this.model.dispose();
    }
}
