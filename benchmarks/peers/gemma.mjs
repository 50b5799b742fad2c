// One model in `gemma bench --commands`, measured step by step.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export class Gemma {
    static async load(dll, file, { threads, contextLength, cache }) {
        const gemma = new Gemma();
        gemma.process = spawn("dotnet", [dll, "bench", "--commands", "--model", file, "--threads", String(threads), "--context", String(contextLength),
            ...(cache ? ["--cache-type", cache] : [])],
            { stdio: ["pipe", "pipe", "inherit"] });
        gemma.lines = createInterface({ input: gemma.process.stdout })[Symbol.asyncIterator]();
        gemma.hello = await gemma.#answer();
        return gemma;
    }

    async prefill(length) {
        return (await this.#ask(`prefill ${length}`)).seconds;
    }

    async decode(context, tokens) {
        return (await this.#ask(`decode ${context} ${tokens}`)).seconds;
    }

    /** Bytes per second that plain vector loads on all threads get from memory. */
    async memory() {
        return (await this.#ask("memory")).bytesPerSecond;
    }

    /** Ends the process; gives the peak of its resident memory. */
    async dispose() {
        this.process.stdin.end();
        return (await this.#answer()).peakResidentBytes;
    }

    async #ask(line) {
        this.process.stdin.write(line + "\n");
        return this.#answer();
    }

    async #answer() {
        const { value, done } = await this.lines.next();
        if (done)
            throw new Error("gemma bench ended without an answer; what it says is above.");
        return JSON.parse(value);
    }
}
